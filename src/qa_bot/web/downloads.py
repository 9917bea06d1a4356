"""The files of a run -> addresses to download them from.

Gradio would copy each file to a folder that all readers share; here a file is sent from where it
lies, to whoever has the run's key.
"""

from typing import Any

from fastapi import Response
from fastapi.responses import FileResponse

from qa_bot.web.evaluation_run import EvaluationRuns


def add_downloads(app: Any, runs: EvaluationRuns) -> None:
    """Add the address `evaluation/KEY/NAME` to a web app."""

    def download(key: str, name: str) -> Response:
        path = runs.file(key, name)
        if path is None:
            return Response("there is no such file; run the set again", 404)
        return FileResponse(path, filename=name)

    app.add_api_route("/evaluation/{key}/{name}", download, methods=["GET"])
