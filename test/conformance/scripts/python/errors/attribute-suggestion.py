import json
json.dumb
