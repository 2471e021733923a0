"""``motcua papers check``: whether checklists of papers can be used, every way through them gone."""

import argparse

from schemas.checklists.checking import check_checklist
from schemas.documents import check_files


def add_papers_commands(added: argparse.ArgumentParser) -> None:
    """Give ``motcua papers`` its words."""
    words = added.add_subparsers(required=True, metavar="WORD")
    says = "say what is wrong with checklists of papers"
    check = words.add_parser("check", help=says, description=says)
    check.add_argument("files", nargs="+", metavar="FILE")
    check.set_defaults(run=run_check)


def run_check(arguments: argparse.Namespace) -> int:
    """Check checklists."""
    lines, code = check_files(arguments.files, check_checklist)
    print("\n".join(lines))
    return code
