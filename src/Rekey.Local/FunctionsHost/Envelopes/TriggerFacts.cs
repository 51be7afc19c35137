using System.Text.Json.Nodes;

namespace Rekey.Local.FunctionsHost.Envelopes;

/// <summary>When a monitored timer last ran and is next to run; <c>Last</c> is the first moment of all before its first run.</summary>
public sealed record TimerStatus(DateTimeOffset Last, DateTimeOffset Next, DateTimeOffset LastUpdated)
{
    internal JsonObject ToJson() => new()
    {
        [nameof(Last)] = EnvelopeValues.Iso(Last),
        [nameof(Next)] = EnvelopeValues.Iso(Next),
        [nameof(LastUpdated)] = EnvelopeValues.Iso(LastUpdated),
    };
}

/// <summary>What the host tells a function that has a retry policy.</summary>
internal sealed record RetryContext(int RetryCount, int MaxRetryCount, string? Exception)
{
    public JsonObject ToJson() => new()
    {
        [nameof(RetryCount)] = RetryCount,
        [nameof(MaxRetryCount)] = MaxRetryCount,
        [nameof(Exception)] = Exception,
        ["Instance"] = null,
        ["State"] = null,
    };
}

/// <summary>A queue message as the service described it.</summary>
internal sealed record QueueFacts(string Text, string Id, string PopReceipt, long DequeueCount, DateTimeOffset InsertionTime, DateTimeOffset ExpirationTime, DateTimeOffset NextVisibleTime);

/// <summary>An HTTP request; the body is null when there was none or its length was not declared.</summary>
internal sealed record HttpFacts(
    string Url,
    string Method,
    IReadOnlyList<KeyValuePair<string, string>> Query,
    IReadOnlyList<KeyValuePair<string, string[]>> Headers,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    string? Body)
{
    public JsonObject ToJson()
    {
        var headers = new JsonObject();
        foreach (var (name, values) in Headers)
        {
            headers[name] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
        }

        var json = new JsonObject
        {
            [nameof(Url)] = Url,
            [nameof(Method)] = Method,
            [nameof(Query)] = Envelope.Texts(Query),
            [nameof(Headers)] = headers,
            ["Params"] = Envelope.Texts(Parameters),
            ["Identities"] = new JsonArray(new JsonObject { ["AuthenticationType"] = null, ["IsAuthenticated"] = false, ["Claims"] = new JsonArray() }),
        };
        if (Body is not null)
        {
            json[nameof(Body)] = Body;
        }

        return json;
    }
}
