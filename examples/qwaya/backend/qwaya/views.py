import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from qwaya.models import Campaign
from qwaya.tasks import report

LARGEST_BUDGET = 100_000_000


def create(name: object, budget: object) -> Campaign | None:
    """A campaign, its report queued; None when the input is none."""
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 200:
        return None
    if not str(budget).isdecimal() or not 0 < int(str(budget)) <= LARGEST_BUDGET:
        return None
    campaign = Campaign.objects.create(name=name.strip(), budget=int(str(budget)))
    report.delay(campaign.pk)
    return campaign


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        create(request.POST.get("name"), request.POST.get("budget"))
        return redirect("/")
    return render(request, "home.html", {"campaigns": Campaign.objects.order_by("-pk")[:20]})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def campaigns(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        found = Campaign.objects.order_by("-pk")[:50]
        return JsonResponse({"campaigns": [campaign.as_json() for campaign in found]})
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    campaign = create(body.get("name"), body.get("budget")) if isinstance(body, dict) else None
    if campaign is None:
        return JsonResponse({"error": "the body must be JSON with a name and a budget"}, status=400)
    return JsonResponse(campaign.as_json(), status=201)


@require_safe
def one_campaign(_: HttpRequest, campaign: int) -> HttpResponse:
    return JsonResponse(get_object_or_404(Campaign, pk=campaign).as_json())
