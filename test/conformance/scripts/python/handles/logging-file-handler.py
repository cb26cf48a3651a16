import logging
logging.basicConfig(filename="output/run.log", level=logging.INFO, format="%(levelname)s %(message)s")
logging.info("kept")
