from tests.dashboard import FILE, document

FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_text(document())
