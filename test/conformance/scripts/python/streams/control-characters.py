print("\x00 NUL \x1b[31mred\x1b[0m \x1b]0;title\x07 \u202e rtl")
