"""Asks an advisory database whether a package of constraints.txt has a known weakness.

pip-audit does the asking. Where the database does not answer, this says so plainly: nothing was
looked at, which is no failure of the project.

Exit status: 0: none is known, or nothing could be asked; 1: there are some.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"


def main() -> int:
    """Run pip-audit, and print what it found in a line each."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps"]
    options = ["--progress-spinner=off", "--format=json", f"--requirement={CONSTRAINTS}"]
    done = subprocess.run(  # noqa: S603 # a program of this environment, without a shell
        [*command, *options], capture_output=True, text=True, check=False
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, LookupError):
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"audit skipped: the advisory database does not answer ({reason[:200]})")
        return 0
    known = [package for package in packages if "vulns" in package]
    if not known:
        print("audit skipped: the advisory database knows none of the packages")
        return 0
    weak = [(package, each) for package in known for each in package["vulns"]]
    for package, each in weak:
        mended = ", ".join(each["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {each['id']}; mended in {mended}")
    unknown = len(packages) - len(known)
    print(f"audit: {len(known)} packages looked up, {unknown} not known, {len(weak)} weaknesses")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
