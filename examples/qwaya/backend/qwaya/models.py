from django.db import models


class Campaign(models.Model):
    name = models.CharField(max_length=200)
    budget = models.PositiveIntegerField(help_text="cents a day")
    created = models.DateTimeField(auto_now_add=True)
    report = models.JSONField(null=True)
    worker = models.CharField(max_length=200, blank=True)

    def as_json(self) -> dict:
        return {
            "id": self.pk,
            "name": self.name,
            "budget": self.budget,
            "state": "done" if self.report else "queued",
            "report": self.report,
            "worker": self.worker,
        }


class Health(models.Model):
    value = models.CharField(max_length=32, primary_key=True)
