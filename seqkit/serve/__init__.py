"""The playground: trained models behind a page and a JSON API, on this machine alone.

`open_panels` reads the runs, `build_app` puts them behind the guards, `bind` and `run` serve them.
The parts that need starlette or uvicorn, an extra, are imported by those who use them.
"""
