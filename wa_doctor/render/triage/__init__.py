"""The formats of what `wa-doctor triage` finds; the document is `wa_doctor.webhooks.document.Triage`."""
