using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.Tls;

namespace Rekey.Local.Graph.Subscriptions;

/// <summary>Subscriptions to changes of users. An application sees its own ones only. It needs the right to read what it subscribes
/// to.</summary>
internal sealed class SubscriptionEndpoints(
    LocalSubscriptions subscriptions,
    Func<HttpContext, string, string, int, Func<Caller, JsonNode?>, Task> answer,
    TimeProvider timeProvider
)
{
    private const string ReadUsers = "User.Read.All";
    private const int LongestClientState = 128;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(45);

    private static readonly string[] Topic = ["azuresubscriptionid", "resourcegroup", "partnertopic", "location"];
    private static readonly string[] CreateMembers =
    [
        "changeType",
        "resource",
        "clientState",
        "expirationDateTime",
        "notificationUrl",
        "lifecycleNotificationUrl",
    ];

    public void Map(WebApplication app)
    {
        app.MapGet("/v1.0/subscriptions", http =>
            answer(http, GraphServer.ListSubscriptions, "", 200, caller => new JsonObject
            {
                ["@odata.context"] = $"{Audiences.Graph}/v1.0/$metadata#subscriptions",
                ["value"] = new JsonArray([.. Own(caller).Select(s => Shown(s, clientState: null))]),
            })
        );
        app.MapPost("/v1.0/subscriptions", async http =>
        {
            var body = await Wire.ReadObjectAsync(http.Request);
            await answer(http, GraphServer.CreateSubscription, "", 201, caller => Create(caller, body));
        });
        app.MapGet("/v1.0/subscriptions/{id}", http =>
            answer(http, GraphServer.GetSubscription, IdOf(http), 200, caller => Shown(Find(caller, IdOf(http)), clientState: null))
        );
        app.MapPatch("/v1.0/subscriptions/{id}", async http =>
        {
            var body = await Wire.ReadObjectAsync(http.Request);
            await answer(http, GraphServer.RenewSubscription, IdOf(http), 200, caller => Renew(caller, IdOf(http), body));
        });
        app.MapPost("/v1.0/subscriptions/{id}/reauthorize", http =>
            answer(http, GraphServer.ReauthorizeSubscription, IdOf(http), 204, caller =>
            {
                var found = Find(caller, IdOf(http));
                subscriptions.Change(found.Id, found with { AuthorizedAt = timeProvider.GetUtcNow() });
                return null;
            })
        );
        app.MapDelete("/v1.0/subscriptions/{id}", http => answer(http, GraphServer.DeleteSubscription, IdOf(http), 204, caller =>
            {
                subscriptions.Change(Find(caller, IdOf(http)).Id, changed: null);
                return null;
            }));
    }

    private static string IdOf(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private JsonObject Create(Caller caller, JsonObject? body)
    {
        Authorize(caller);
        if (body is null || body.Select(m => m.Key).Except(CreateMembers, StringComparer.Ordinal).Any())
        {
            throw Wrong("The request body is no subscription.");
        }

        foreach (var required in new[] { "changeType", "resource", "expirationDateTime", "notificationUrl" })
        {
            _ = Text(body, required) ?? throw Wrong($"Property {required} is required.");
        }

        var changes = Text(body, "changeType")!.Split(',', StringSplitOptions.TrimEntries);
        if (changes.Length == 0 || changes.Any(c => c is not ("created" or "updated" or "deleted")))
        {
            throw Wrong("The changeType is not supported.");
        }

        if (Text(body, "resource")!.Trim('/') is not "users")
        {
            throw Wrong("The resource is not one of this stand-in.");
        }

        if (Text(body, "clientState")?.Length > LongestClientState)
        {
            throw Wrong("The clientState is longer than 128 characters.");
        }

        CheckAddress(Text(body, "notificationUrl")!);
        if (Text(body, "lifecycleNotificationUrl") is { } lifecycle)
        {
            CheckAddress(lifecycle);
        }

        var now = timeProvider.GetUtcNow();
        var created = new GraphSubscription
        {
            Id = Guid.NewGuid().ToString(),
            ApplicationId = caller.AppId,
            ClientState = Text(body, "clientState") ?? "",
            ChangeType = Text(body, "changeType")!,
            NotificationUrl = Text(body, "notificationUrl")!,
            LifecycleNotificationUrl = Text(body, "lifecycleNotificationUrl"),
            ExpiresAt = End(body, now),
            AuthorizedAt = now,
        };
        return subscriptions.TryAdd(created)
            ? Shown(created, Text(body, "clientState"))
            : throw new GraphException(409, "ExtensionError", "A subscription already exists for the requested combination.");
    }

    private JsonObject Renew(Caller caller, string id, JsonObject? body)
    {
        var found = Find(caller, id);
        if (body is not { Count: > 0 } || body.Any(m => m.Key is not ("expirationDateTime" or "notificationUrl")))
        {
            // lifecycleNotificationUrl and clientState are set at creation, and never after.
            throw Wrong("Only expirationDateTime and notificationUrl can be changed.");
        }

        var now = timeProvider.GetUtcNow();
        var renewed = found with
        {
            ExpiresAt = Text(body, "expirationDateTime") is null ? found.ExpiresAt : End(body, now),
            NotificationUrl = Text(body, "notificationUrl") ?? found.NotificationUrl,
            AuthorizedAt = now,
        };
        CheckAddress(renewed.NotificationUrl);
        subscriptions.Change(found.Id, renewed);
        return Shown(renewed, clientState: null);
    }

    private static DateTimeOffset End(JsonObject body, DateTimeOffset now)
    {
        if (
            !DateTimeOffset.TryParse(
                Text(body, "expirationDateTime"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var end
            )
        )
        {
            throw Wrong("The expirationDateTime is no time.");
        }

        return end <= now ? throw Wrong("The expirationDateTime must be in the future.")
            : end > now + GraphSubscription.Longest ? throw Wrong("Subscription expiration can only be 41760 minutes in the future.")
            : end < now + Shortest ? now + Shortest
            : end;
    }

    private static void CheckAddress(string address)
    {
        var named = address.StartsWith("EventGrid:?", StringComparison.OrdinalIgnoreCase)
            ? address["EventGrid:?".Length..]
                .Split('&')
                .Select(p => p.Split('=', 2))
                .Where(p => p is [_, { Length: > 0 }])
                .Select(p => p[0])
            : [];
        if (Topic.Except(named, StringComparer.OrdinalIgnoreCase).Any())
        {
            throw Wrong("The notification address must be EventGrid:?azuresubscriptionid=…&resourcegroup=…&partnertopic=…&location=….");
        }
    }

    private GraphSubscription Find(Caller caller, string id) =>
        Own(caller).FirstOrDefault(s => s.Id.Equals(id, StringComparison.OrdinalIgnoreCase))
        ?? throw new GraphException(404, "ResourceNotFound", "The object was not found.");

    private IEnumerable<GraphSubscription> Own(Caller caller)
    {
        Authorize(caller);
        return subscriptions.Live.Where(s => s.ApplicationId.Equals(caller.AppId, StringComparison.OrdinalIgnoreCase));
    }

    private static void Authorize(Caller caller)
    {
        if (!caller.Roles.Contains(ReadUsers))
        {
            throw new GraphException(403, "ExtensionError", "Caller does not have access to the resource.");
        }
    }

    private static JsonObject Shown(GraphSubscription subscription, string? clientState) =>
        new()
        {
            ["id"] = subscription.Id,
            ["resource"] = "users",
            ["applicationId"] = subscription.ApplicationId,
            ["changeType"] = subscription.ChangeType,
            ["clientState"] = clientState,
            ["notificationUrl"] = subscription.NotificationUrl,
            ["lifecycleNotificationUrl"] = subscription.LifecycleNotificationUrl,
            ["expirationDateTime"] = subscription.ExpiresAt?.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'",
                CultureInfo.InvariantCulture
            ),
        };

    private static string? Text(JsonObject body, string member) =>
        body[member] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    private static GraphException Wrong(string why) => new(400, "ExtensionError", why);
}
