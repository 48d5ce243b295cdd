"""The parts of the text for a terminal, one module a part; `wa_doctor.render.triage.text` puts them in order."""
