"""Meetings: series, agenda, RSVPs, attendance and minutes. Imports objectives and the apps below."""
