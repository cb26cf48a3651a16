import logging
logging.warning("a warning")
logging.info("not shown")
