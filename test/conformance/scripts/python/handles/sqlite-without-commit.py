import sqlite3
base = sqlite3.connect("output/x.db")
base.execute("create table t(a)")
base.execute("insert into t values (1)")
