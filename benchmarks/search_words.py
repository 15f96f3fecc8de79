"""How near a search comes to the bare query of the index: `python -m benchmarks.search_words [--scale full]`.

The first page of /quotes/ for common and rare words, by the test client with the cache emptied, against the bare SQL
that finds the same twenty quotes in the same order, through the same driver, in turns; both engines. Prints medians and
exits 1 where a page takes longer than LIMIT times its query and SPARE milliseconds.
"""

import json
import subprocess
import sys
from statistics import median

from benchmarks.figures import say, scale
from benchmarks.seeded import ENGINES, ROOT, SCALE, database, site

LIMIT, SPARE = 1.5, 20.0
WORDS = ["pupils", "podcast", "camera research", "zamsholat"]
TIMES = {False: 5, True: 7}
ASK = """
import json, sys, time
import ictlead.wsgi  # as a server of the site is set up
from urllib.parse import urlencode
from django.core.cache import cache
from django.db import connection
from django.test import Client
SQL = '''SELECT q.id, q.guid, q.text, q.locator, s.name FROM schools_quote q JOIN schools_school s ON s.id = q.school_id
 JOIN schools_study t ON t.id = s.study_id WHERE t.is_front AND %s
 ORDER BY s.position, s.id, q.position, q.id LIMIT 20'''
MATCH = {
    "postgresql": "q.search @@ websearch_to_tsquery('english', %s)",
    "sqlite": "q.id IN (SELECT rowid FROM schools_quote_fts WHERE schools_quote_fts MATCH %s)",
}[connection.vendor]
client, found = Client(SERVER_NAME="localhost"), {}
for words in json.loads(sys.argv[1]):
    pages, bare = [], []
    for _ in range(int(sys.argv[2]) + 1):
        cache.clear()
        begun = time.perf_counter()
        response = client.get("/quotes/?" + urlencode({"q": words}))
        pages.append(1000 * (time.perf_counter() - begun))
        assert response.status_code == 200, words
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(SQL % MATCH, [words])
            cursor.fetchall()
        bare.append(1000 * (time.perf_counter() - begun))
    found[words] = pages[1:], bare[1:]
print(json.dumps(found))
"""


def main() -> int:
    """Measure both engines; the exit status."""
    full = scale(__doc__ or "")
    reached = True
    for engine in ENGINES:
        with database(engine, *SCALE[full]) as url:
            command = [sys.executable, "-c", ASK, json.dumps(WORDS), str(TIMES[full])]
            done = subprocess.run(command, env=site(url), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        for words, (pages, bare) in json.loads(done.stdout).items():
            allowed = LIMIT * median(bare) + SPARE
            reached &= say(
                f"search “{words}”, {engine} (bare {median(bare):.1f} ms)", "ms", pages, [], allowed, least=False
            )
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
