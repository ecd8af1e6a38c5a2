"""What a type checker knows of the installed wheel. What it must refuse is marked type: ignore."""

import subprocess
import sys

CODE = """
from datetime import timedelta
from typing import assert_type
from afterhours_test import Server, Tenant
from afterhours_test.control.models import Request

def test(afterhours: Server, afterhours_tenant: Tenant) -> None:
    afterhours_tenant.fail("throttled", times=1)
    afterhours_tenant.fail({"answer": {"status": 503}})
    afterhours_tenant.fail("throtled")  # type: ignore[arg-type]
    assert_type(afterhours_tenant.requests(method="PATCH", wait=timedelta(seconds=1)), list[Request])
    afterhours_tenant.requests(method="patch")  # type: ignore[arg-type]
    afterhours.advance(60)  # type: ignore[arg-type]
"""


def test_mypy(tmp_path):
    (tmp_path / "code.py").write_text(CODE)
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "code.py"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
