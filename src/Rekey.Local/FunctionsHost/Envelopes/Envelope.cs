using System.Text.Json.Nodes;
using Rekey.Local.FunctionsHost.Configuration;

namespace Rekey.Local.FunctionsHost.Envelopes;

/// <summary>The body with which the host calls a function that is not forwarded.</summary>
internal static class Envelope
{
    /// <summary>A timer; <paramref name="status"/> is null without monitoring.</summary>
    public static JsonObject Timer(string function, TimerTriggerDefinition trigger, TimerStatus? status, bool isPastDue, RetryContext? retry, DateTimeOffset now)
    {
        var metadata = new EnvelopeMetadata(function, now);
        if (retry is not null)
        {
            metadata.Set("RetryContext", retry.ToJson());
        }

        return Wrap(metadata, trigger.Name, new JsonObject
        {
            ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
            ["ScheduleStatus"] = status?.ToJson(),
            ["IsPastDue"] = isPastDue,
        });
    }

    /// <summary>A queue message, whose text always arrives as a string in a string.</summary>
    public static JsonObject Queue(string function, QueueTriggerDefinition trigger, QueueFacts message, DateTimeOffset now)
    {
        var metadata = new EnvelopeMetadata(function, now);
        metadata.Set("QueueTrigger", EnvelopeValues.Of(message.Text));
        metadata.Set("DequeueCount", EnvelopeValues.Of(message.DequeueCount));
        metadata.Set("ExpirationTime", EnvelopeValues.Of(message.ExpirationTime));
        metadata.Set("Id", EnvelopeValues.Of(message.Id));
        metadata.Set("InsertionTime", EnvelopeValues.Of(message.InsertionTime));
        metadata.Set("NextVisibleTime", EnvelopeValues.Of(message.NextVisibleTime));
        metadata.Set("PopReceipt", EnvelopeValues.Of(message.PopReceipt));
        metadata.Shadow(message.Text);
        return Wrap(metadata, trigger.Name, EnvelopeValues.Of(message.Text));
    }

    /// <summary>One event as an object, or a delivery of many as a string that holds a list.</summary>
    public static JsonObject EventGrid(string function, EventGridTriggerDefinition trigger, JsonNode? delivered, DateTimeOffset now)
    {
        var metadata = new EnvelopeMetadata(function, now);
        if (delivered is JsonObject single && single.TryGetPropertyValue("data", out var data))
        {
            metadata.Set("data", EnvelopeValues.Of(data));
        }

        return Wrap(metadata, trigger.Name, EnvelopeValues.Of(delivered));
    }

    /// <summary>An HTTP request of a function that has more bindings than request and response.</summary>
    public static JsonObject Http(string function, HttpTriggerDefinition trigger, HttpFacts request, DateTimeOffset now)
    {
        var metadata = new EnvelopeMetadata(function, now);
        foreach (var (name, value) in request.Query.Concat(request.Parameters))
        {
            metadata.Set(name, EnvelopeValues.Of(value));
        }

        metadata.Set("Query", Texts(request.Query));
        metadata.Set("Headers", Texts(request.Headers.Select(header => KeyValuePair.Create(header.Key, string.Join(',', header.Value)))));
        return Wrap(metadata, trigger.Name, request.ToJson());
    }

    internal static JsonObject Texts(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var json = new JsonObject();
        foreach (var (name, value) in pairs)
        {
            json[name] = value;
        }

        return json;
    }

    private static JsonObject Wrap(EnvelopeMetadata metadata, string name, JsonNode value) =>
        new() { ["Data"] = new JsonObject { [name] = value }, ["Metadata"] = metadata.Build() };
}
