namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>Reads the settings of these triggers from host.json; ignores the rest.</summary>
internal static class HostJsonReader
{
    public static HostSettings? Read(string appRoot, List<string> mistakes)
    {
        var before = mistakes.Count;
        if (JsonMembers.ReadFile(Path.Combine(appRoot, "host.json"), "host.json", mistakes) is not { } host)
        {
            return null;
        }

        if (host.RequiredText("version") is { } version and not "2.0")
        {
            host.Mistake($"version must be \"2.0\", not \"{version}\"");
        }

        var timeout = host.Text("functionTimeout") is "-1"
            ? Timeout.InfiniteTimeSpan
            : host.Time("functionTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        var extensions = host.Object("extensions");
        var read = new HostSettings
        {
            RoutePrefix = (extensions.Object("http").Text("routePrefix") ?? "api").Trim('/'),
            Queues = Queues(extensions.Object("queues")),
            FunctionTimeout = timeout,
        };
        return mistakes.Count == before ? read : null;
    }

    private static QueueSettings Queues(JsonMembers queues)
    {
        var defaults = new QueueSettings();
        var batchSize = queues.Number("batchSize", 1, 32, defaults.BatchSize);
        var encoding = queues.Text("messageEncoding") ?? "base64";
        if (!encoding.Equals("none", StringComparison.OrdinalIgnoreCase) && !encoding.Equals("base64", StringComparison.OrdinalIgnoreCase))
        {
            queues.Mistake("messageEncoding must be none or base64");
        }

        return new QueueSettings
        {
            MaxPollingInterval = queues.Time("maxPollingInterval", TimeSpan.FromMilliseconds(100), defaults.MaxPollingInterval),
            VisibilityTimeout = queues.Time("visibilityTimeout", TimeSpan.Zero, defaults.VisibilityTimeout),
            BatchSize = batchSize,
            NewBatchThreshold = queues.Number("newBatchThreshold", 0, int.MaxValue, batchSize / 2),
            MaxDequeueCount = queues.Number("maxDequeueCount", 1, int.MaxValue, defaults.MaxDequeueCount),
            Base64 = encoding.Equals("base64", StringComparison.OrdinalIgnoreCase),
        };
    }
}
