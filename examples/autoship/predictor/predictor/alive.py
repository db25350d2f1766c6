"""The container's health check: python -m predictor.alive"""

import os
import sys
from urllib.request import urlopen

try:
    urlopen(f"http://127.0.0.1:{os.environ['PORT']}/health", timeout=3).close()
except OSError as error:
    sys.exit(str(error))
