#!/usr/bin/env python3
"""Puts a report on the pull request it is about: one comment, written anew each time.

    scripts/comment.py pull-request.md

For a workflow that runs when another one has measured (`on: workflow_run`), with the token that may write. The report was
made by code that nobody has looked at yet, so it is taken for hostile: it has to be of the right size and to begin with
the mark of regress, and nothing in it is a mention, a link, an image or a tag but the few that reports have. Which pull
request it is about is asked of GitHub, not of the report.

Environment, as GitHub sets it: GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_API_URL; and GITHUB_TOKEN.
With --dry-run the comment is printed. Exit code 0: written, or there is no such pull request any more; 2: refused.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

LONGEST = 65_536
"""Characters of a comment; GitHub refuses more."""

MARK = re.compile(r"<!-- regress(: [\w ./:-]{1,100})? -->")
TAGS = re.compile(r"</?(?:details|summary|sub|code|b)>|<br>|<details open>")
WORD_JOINER = "\u2060"
"""Invisible. Behind `@` it keeps a name from being called."""


class Refused(Exception):
    """The report is not put anywhere."""


def harmless(report: bytes) -> tuple[str, str]:
    """The mark, and a report in which nothing acts. What `regress` wrote stays as it is."""
    if len(report) > 4 * LONGEST:
        raise Refused(f"{len(report)} bytes, more than any report has")
    try:
        text = report.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"no UTF-8 at byte {error.start}") from None
    mark, _, body = text.partition("\n")
    if not MARK.fullmatch(mark):
        raise Refused("it does not begin with the mark of regress")
    text = f"{mark}\n{without_effect(body)}"
    if len(text.encode("utf-16-le")) // 2 > LONGEST:
        raise Refused(f"longer than the {LONGEST} characters of a comment")
    return mark, text


def without_effect(text: str) -> str:
    text = re.sub(r"[^\n\t -\uffff]|[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", keep_astral, text)
    # An entity would be the character that it stands for.
    text = re.sub(r"&(?!(?:amp|lt|gt|quot|#39);)", "&amp;", text)
    text = re.sub(f"<(?!{WORD_JOINER})", lambda found: "<" if TAGS.match(text_of(found), found.start()) else "<" + WORD_JOINER, text)
    # Mentions, issues, links and images, their definitions, commands to robots.
    for what in (r"@", r"#(?=\d)", r"(?i:\bGH-)(?=\d)", r":(?=//)", r"(?i:\bwww)(?=\.)", r"!(?=\[)", r"\](?=[(:\[])"):
        text = re.sub(f"(?:{what})(?!{WORD_JOINER})", lambda found: found.group() + WORD_JOINER, text)
    return re.sub(r"(?m)^([\s>*+\-\d.)]*)/(?=\w)", rf"\1{WORD_JOINER}/", text)


def text_of(found: re.Match[str]) -> str:
    return found.string


def keep_astral(found: re.Match[str]) -> str:
    """Characters beyond the basic plane are text, control characters and changes of direction are not."""
    return found.group() if ord(found.group()) > 0xFFFF else ""


class GitHub:
    def __init__(self, environment: dict[str, str]) -> None:
        self.api = environment.get("GITHUB_API_URL", "https://api.github.com")
        self.repository = environment["GITHUB_REPOSITORY"]
        self.token = environment["GITHUB_TOKEN"]

    def ask(self, method: str, path: str, body: object = None) -> object:
        request = urllib.request.Request(
            f"{self.api}/repos/{self.repository}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def pages(self, path: str) -> list[dict]:
        everything, page = [], 1
        while True:
            separator = "&" if "?" in path else "?"
            some = self.ask("GET", f"{path}{separator}per_page=100&page={page}")
            everything += some
            if len(some) < 100:
                return everything
            page += 1

    def pull_request(self, run: dict) -> int | None:
        """The open pull request whose last commit was measured. Of a fork GitHub does not name it in the event."""
        branch = f"{run['head_repository']['owner']['login']}:{run['head_branch']}"
        candidates = self.pages(f"pulls?{urllib.parse.urlencode({'state': 'open', 'head': branch})}")
        numbers = [pull["number"] for pull in candidates if pull["head"]["sha"] == run["head_sha"]]
        return numbers[0] if numbers else None

    def put(self, number: int, mark: str, text: str) -> str:
        """Writes over the comment that begins with the same mark, if a robot wrote it."""
        for comment in self.pages(f"issues/{number}/comments"):
            if comment["user"]["type"] == "Bot" and (comment.get("body") or "").split("\n")[0].rstrip("\r") == mark:
                self.ask("PATCH", f"issues/comments/{comment['id']}", {"body": text})
                return "written over"
        self.ask("POST", f"issues/{number}/comments", {"body": text})
        return "written"


def main(arguments: list[str], environment: dict[str, str]) -> int:
    is_rehearsal = "--dry-run" in arguments
    paths = [argument for argument in arguments if argument != "--dry-run"]
    if len(paths) != 1:
        print("comment: which report? scripts/comment.py pull-request.md", file=sys.stderr)
        return 2
    try:
        with open(paths[0], "rb") as file:
            mark, text = harmless(file.read(4 * LONGEST + 1))
        if is_rehearsal:
            print(text, end="")
            return 0
        with open(environment["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
            run = json.load(file)["workflow_run"]
        github = GitHub(environment)
        number = github.pull_request(run)
        if number is None:
            print(f"comment: no open pull request has {run['head_sha']} as its last commit; nothing to write on")
            return 0
        print(f"comment: {github.put(number, mark, text)} on pull request {number}")
        return 0
    except Refused as reason:
        print(f"comment: {paths[0]} is refused: {reason}", file=sys.stderr)
    except OSError as error:
        detail = error.read().decode(errors="replace") if isinstance(error, urllib.error.HTTPError) else ""
        print(f"comment: {error} {detail}".rstrip(), file=sys.stderr)
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        print(f"comment: {error!r} is missing: this runs in a workflow that follows another one", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
