using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Departures;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures.Feed;

/// <summary>A Graph change notification as a CloudEvent 1.0. It is only a hint: it names a person, and Rekey reads that person from
/// Graph.</summary>
/// <param name="Type">Such as <c>Microsoft.Graph.UserUpdated</c>; compared without case.</param>
public sealed record GraphEvent(
    string Id,
    string Type,
    DateTimeOffset? Time,
    string? TenantId,
    string? SubscriptionId,
    string? ClientState,
    Guid? PersonId
)
{
    /// <summary>The longest event, in characters. Graph's have about a thousand. An event that is put back must fit into a queue message
    /// of 64 KiB, and a character takes up to three bytes.</summary>
    internal const int MaxLength = 20 * 1024;

    /// <summary>Reads and checks an event.</summary>
    /// <exception cref="BadInputException">It is not an event of our tenant and subscription.</exception>
    /// <param name="isMade">Whether Rekey created a subscription with this id.</param>
    public static GraphEvent Read(JsonElement json, DepartureOptions options, Func<string?, bool> isMade)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw new BadInputException("not-a-cloud-event", "The event is not a JSON object.");
        }

        if (json.GetRawText().Length > MaxLength)
        {
            throw new BadInputException("too-large", $"The event is longer than {MaxLength} characters.");
        }

        if (json.Text("specversion") is not "1.0")
        {
            throw new BadInputException("wrong-cloud-event-version", "The event is not a CloudEvent 1.0 in structured mode.");
        }

        if (
            json.Text("id") is not { Length: > 0 and <= 256 } id
            || json.Text("type") is not { Length: > 0 and <= 256 } type
            || json.Text("source") is not { Length: > 0 }
        )
        {
            throw new BadInputException("not-a-cloud-event", "The event lacks id, source or type (CloudEvents 1.0 §3.1).");
        }

        var data =
            json.TryGetProperty("data", out var d) && d.ValueKind is JsonValueKind.Object
                ? d
                : throw new BadInputException("no-data", "The event has no data object.");
        var read = new GraphEvent(
            id,
            type,
            DateTimeOffset.TryParse(json.Text("time"), out var time) ? time : null,
            data.Text("tenantId"),
            data.Text("subscriptionId"),
            data.Text("clientState"),
            PersonIn(json)
        );
        read.Check(options, data, isMade);
        return read;
    }

    /// <summary>Gives the person that an unchecked event names; null when it names none.</summary>
    public static Guid? PersonIn(JsonElement json) =>
        json.ValueKind is JsonValueKind.Object
        && json.TryGetProperty("data", out var data)
        && data.ValueKind is JsonValueKind.Object
        && data.TryGetProperty("resourceData", out var resource)
        && Guid.TryParse(resource.Text("id"), out var person)
            ? person
            : null;

    public bool IsAbout(string type) => string.Equals(Type, type, StringComparison.OrdinalIgnoreCase);

    private void Check(DepartureOptions options, JsonElement data, Func<string?, bool> isMade)
    {
        if (!string.Equals(TenantId, options.TenantId, StringComparison.OrdinalIgnoreCase))
        {
            throw new BadInputException("another-tenant", "The event is from another tenant.");
        }

        if (!IsOurs(options.ClientState) & !(options.PreviousClientState.Length > 0 && IsOurs(options.PreviousClientState)))
        {
            throw new BadInputException("wrong-client-state", "The event does not have the subscription's client state.");
        }

        if (
            options.SubscriptionIds.Count > 0
            && !options.SubscriptionIds.Contains(SubscriptionId, StringComparer.OrdinalIgnoreCase)
            && !isMade(SubscriptionId)
        )
        {
            throw new BadInputException(
                "another-subscription",
                "The event is from a subscription that Rekey did not create and that is not in Departures:SubscriptionIds."
            );
        }

        // The event must be about the person that it names: resource and resourceData agree, without case.
        if (
            PersonId is { } person
            && data.Text("resource") is { } resource
            && !resource.EndsWith($"/{person}", StringComparison.OrdinalIgnoreCase)
        )
        {
            throw new BadInputException("resource-mismatch", "The event's resource and resourceData name different persons.");
        }
    }

    /// <summary>While there is no client state, no event is ours: not even one that has none either.</summary>
    private bool IsOurs(string clientState) =>
        clientState.Length > 0
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(ClientState ?? "")),
            SHA256.HashData(Encoding.UTF8.GetBytes(clientState))
        );
}
