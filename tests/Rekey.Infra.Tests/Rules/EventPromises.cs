using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Rules.Rights;

namespace Rekey.Infra.Tests.Rules;

/// <summary>Of changes of users: Event Grid delivers them into a queue of the evidence account, and only the app takes them.</summary>
internal static class EventPromises
{
    private const string Topics = "Microsoft.EventGrid/partnerTopics";
    private const string Queue = "queueServices/default/queues/user-changes";
    private const string Letters = "blobServices/default/containers/event-dead-letters";

    public static IEnumerable<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        [
            .. OfGraph(estate),
            .. estate.Of(Topics).SelectMany(t => OfTopic(estate, t)),
            .. OfRights(estate, plan),
            .. OfWay(estate, plan),
            .. OfQueues(estate),
            .. OfAlerts(estate),
        ];

    /// <summary>Azure refuses a date beyond the days that the configuration gives, and one that is past authorizes nobody.</summary>
    private static IEnumerable<string> OfGraph(PredictedEstate estate)
    {
        var given = estate.Only("Microsoft.EventGrid/partnerConfigurations")["properties.partnerAuthorization"]!;
        var hasDate = given["authorizedPartnersList"]!.AsArray().Any(p => p!["authorizationExpirationTimeInUtc"] is not null);
        if (hasDate || given["defaultMaximumExpirationTimeInDays"]!.GetValue<int>() != 365)
        {
            yield return "Graph's authorization ends on a fixed day.";
        }
    }

    /// <summary>A user-assigned identity does not pass the account's firewall ("Storage queue as an event handler").</summary>
    private static IEnumerable<string> OfTopic(PredictedEstate estate, Predicted topic)
    {
        var all = estate.Of($"{Topics}/eventSubscriptions").Where(s => s.Id.StartsWith($"{topic.Id}/", StringComparison.Ordinal)).ToList();
        if (all is not [var events])
        {
            return [$"{topic.Name} has {all.Count} event subscriptions."];
        }

        const string into = "properties.deliveryWithResourceIdentity.destination";
        const string kept = "properties.deadLetterWithResourceIdentity.deadLetterDestination";
        string[] types =
        [
            .. new[] { "UserUpdated", "UserDeleted", "SubscriptionReauthorizationRequired" }.Select(t => $"Microsoft.Graph.{t}"),
        ];
        var account = events.Text($"{into}.properties.resourceId");
        var queue = $"{account}/queueServices/default/queues/{events.Text($"{into}.properties.queueName")}";
        var container = events.Text($"{kept}.properties.blobContainerName");
        var letters = $"{events.Text($"{kept}.properties.resourceId")}/blobServices/default/containers/{container}";
        (bool Holds, string What)[] facts =
        [
            (topic.Text("identity.type") == "SystemAssigned", "comes by another identity than the topic's own"),
            (topic["identity.userAssignedIdentities"] is null, "comes by another identity than the topic's own"),
            (topic.Text("properties.activationState") == "Activated", "is not let in"),
            (IsOwn(events, "deliveryWithResourceIdentity", "destination"), "is delivered by another identity than the topic's own"),
            (IsOwn(events, "deadLetterWithResourceIdentity", "deadLetterDestination"), "is kept by another identity than the topic's own"),
            (events.Text($"{into}.endpointType") == "StorageQueue", "does not come into the queue user-changes"),
            (IsThere(estate, queue, Queue), "does not come into the queue user-changes"),
            (events.Text($"{into}.properties.queueMessageTimeToLiveInSeconds") == "-1", "does not wait for ever"),
            (events.Text($"{kept}.endpointType") == "StorageBlob" && IsThere(estate, letters, Letters), "that cannot be delivered is lost"),
            (events.Text("properties.eventDeliverySchema") == "CloudEventSchemaV1_0", "is no CloudEvent"),
            (events.Texts("properties.filter.includedEventTypes").SequenceEqual(types), "of a kind that the app takes is left out"),
            (events.Text("properties.retryPolicy.maxDeliveryAttempts") == "30", "is given up early"),
            (events.Text("properties.retryPolicy.eventTimeToLiveInMinutes") == "1440", "is given up early"),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"An event {f.What}.");
    }

    /// <summary>Everything that reaches the queues, whatever it is assigned at, and everything that the topic has.</summary>
    private static IEnumerable<string> OfRights(PredictedEstate estate, EstatePlan plan)
    {
        var app = $"{estate.Identity}-app";
        string[] taking =
        [
            $"{app}: Storage Queue Data Message Processor",
            $"{app}: Storage Queue Data Message Sender",
            $"{app}: Storage Queue Data Reader",
        ];
        var topics = estate.Of(Topics).Select(t => t.Name).ToList();
        var delivering = topics.Select(t => $"{t}: Storage Queue Data Message Sender");
        (string Part, string[] Wanted)[] queues =
        [
            (
                Queue,
                [
                    .. taking,
                    $"{app}: {(plan.IsObserving ? "Storage Queue Data Contributor" : $"Rekey queue updater ({estate.Declaration["environment"]}, rbyp)")}",
                    .. delivering,
                ]
            ),
            ($"{Queue}-poison", taking),
        ];
        foreach (var (part, wanted) in queues)
        {
            var there = QueueRights.At(estate, $"{estate.Evidence.Id}/{part}").ToList();
            foreach (var right in there.Except(wanted, StringComparer.Ordinal))
            {
                yield return $"{part} can be used by {right}.";
            }

            foreach (var right in wanted.Except(there, StringComparer.Ordinal))
            {
                yield return $"{part} lacks {right}.";
            }
        }

        var evidence = estate.Evidence.Id;
        string[] meant = [$"{evidence}/{Letters}: Storage Blob Data Contributor", $"{evidence}/{Queue}: Storage Queue Data Message Sender"];
        foreach (var topic in topics)
        {
            var given = QueueRights.Of(estate, topic).Order(StringComparer.Ordinal);
            if (!given.SequenceEqual(meant, StringComparer.Ordinal))
            {
                yield return $"{topic} can do something else than deliver: {string.Join(", ", given)}.";
            }
        }
    }

    /// <summary>Azure's own services come in by their identities, the app by private endpoints, and nothing else does.</summary>
    private static IEnumerable<string> OfWay(PredictedEstate estate, EstatePlan plan)
    {
        foreach (var account in estate.Of("Microsoft.Storage/storageAccounts"))
        {
            var open = account["properties.networkAcls"]!;
            var rules = open["ipRules"]!.AsArray().Count + open["virtualNetworkRules"]!.AsArray().Count;
            if (open["bypass"]!.GetValue<string>() != (account.Id == estate.Evidence.Id ? "AzureServices" : "None") || rules > 0)
            {
                yield return $"{account.Name} lets others in than it must.";
            }
        }

        foreach (var (setting, address) in estate.Settings.Where(s => s.Key.EndsWith("ServiceUri", StringComparison.Ordinal)))
        {
            var (name, part) = (new Uri(address).Host.Split('.')[0], new Uri(address).Host.Split('.')[1]);
            var account = Assert.Single(estate.Of("Microsoft.Storage/storageAccounts"), a => a.Name == name);
            var parts = estate
                .EndpointsOf(account.Id)
                .SelectMany(e => e["properties.privateLinkServiceConnections"]!.AsArray())
                .SelectMany(c => c!["properties"]!["groupIds"]!.AsArray());
            if (!plan.IsObserving && !parts.Any(p => p!.GetValue<string>() == part))
            {
                yield return $"The app has no way to {setting}.";
            }
        }
    }

    /// <summary>Those of the app's triggers. The host does not make one: it polls what is not there for ever.</summary>
    private static IEnumerable<string> OfQueues(PredictedEstate estate)
    {
        var there = estate
            .Of("Microsoft.Storage/storageAccounts/queueServices/queues")
            .Select(q => $"{q.Id.Split('/')[8]} {q.Name}")
            .Order(StringComparer.Ordinal);
        var triggers = typeof(Settings)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods())
            .SelectMany(m => m.GetParameters())
            .Select(p => p.GetCustomAttribute<QueueTriggerAttribute>())
            .OfType<QueueTriggerAttribute>()
            .Select(t => $"{new Uri(estate.Settings[$"{t.Connection}__queueServiceUri"]).Host.Split('.')[0]} {t.QueueName}")
            .ToList();
        Assert.Contains($"{estate.Evidence.Name} user-changes", triggers);
        var wanted = triggers.SelectMany(q => new[] { q, $"{q}-poison" }).Order(StringComparer.Ordinal);
        return there.SequenceEqual(wanted, StringComparer.Ordinal)
            ? []
            : [$"The queues are not those of the triggers: {string.Join(", ", there)}."];
    }

    /// <summary>The criteria of one rule must all hold: each loss has a rule of its own.</summary>
    private static IEnumerable<string> OfAlerts(PredictedEstate estate)
    {
        var rules = estate
            .Of("Microsoft.Insights/metricAlerts")
            .Where(r => r.Text("properties.enabled") == "true" && r["properties.actions"]!.AsArray().Count == 1)
            .Select(r => (Scopes: r.Texts("properties.scopes"), Criteria: r["properties.criteria.allOf"]!.AsArray()))
            .Where(r => r.Criteria.Count == 1)
            .SelectMany(r => r.Scopes.Select(s => $"{s} {r.Criteria[0]!["metricName"]}"));
        string[] losses = ["DeliveryAttemptFailCount", "DeadLetteredCount", "DroppedEventCount"];
        return estate
            .Of(Topics)
            .SelectMany(t => losses.Select(m => $"{t.Id} {m}"))
            .Append($"{estate.Evidence.Id}/queueServices/default QueueMessageCount")
            .Except(rules, StringComparer.Ordinal)
            .Select(r => $"No alert is raised on {r.Split(' ')[1]}.");
    }

    private static bool IsOwn(Predicted subscription, string how, string without) =>
        subscription.Text($"properties.{how}.identity.type") == "SystemAssigned"
        && subscription[$"properties.{how}.identity.userAssignedIdentity"] is null
        && subscription[$"properties.{without}"] is null;

    private static bool IsThere(PredictedEstate estate, string id, string part) =>
        id == $"{estate.Evidence.Id}/{part}" && estate.Resources.Any(r => r.Id == id);
}
