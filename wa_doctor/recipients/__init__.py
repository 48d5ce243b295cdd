"""
Whether the platform can serve a recipient.

The public face: `judge` for one value, `other_forms` for the digits that WhatsApp writes in two ways.
"""

from __future__ import annotations

from wa_doctor.recipients.digit_rules import other_forms
from wa_doctor.recipients.judge import judge
from wa_doctor.recipients.verdict import VERDICTS, Place, Verdict

__all__ = ["VERDICTS", "Place", "Verdict", "judge", "other_forms"]
