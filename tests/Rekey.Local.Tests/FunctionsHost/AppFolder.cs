namespace Rekey.Local.Tests.FunctionsHost;

/// <summary>An app folder of a test: host.json, function.json files and the test handler.</summary>
public sealed class AppFolder : IDisposable
{
    public const string HostJson = """
        {"version":"2.0","functionTimeout":"00:00:30",
         "customHandler":{"description":{"defaultExecutablePath":"node","arguments":["handler.mjs"]},"enableForwardingHttpRequest":true},
         "extensions":{"http":{"routePrefix":""},
           "queues":{"maxPollingInterval":"00:00:00.200","visibilityTimeout":"00:00:00","batchSize":4,"newBatchThreshold":0,"maxDequeueCount":2,"messageEncoding":"none"}}}
        """;

    public AppFolder(string? hostJson = HostJson)
    {
        File.Copy(System.IO.Path.Combine(AppContext.BaseDirectory, "FunctionsHost", "handler.mjs"), System.IO.Path.Combine(Path, "handler.mjs"));
        if (hostJson is not null)
        {
            File.WriteAllText(System.IO.Path.Combine(Path, "host.json"), hostJson);
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("rekey-app-").FullName;

    public AppFolder Function(string name, string functionJson)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, name));
        File.WriteAllText(System.IO.Path.Combine(Path, name, "function.json"), functionJson);
        return this;
    }

    public AppFolder Binding(string name, params string[] bindings) => Function(name, $$"""{"bindings":[{{string.Join(',', bindings)}}]}""");

    public AppFolder Http(string name, string members = "") =>
        Binding(name, $$"""{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous"{{members}}}""", """{"type":"http","direction":"out","name":"res"}""");

    public AppFolder Timer(string name, string schedule = "0 0 0 1 1 *", string members = "") =>
        Binding(name, $$"""{"type":"timerTrigger","direction":"in","name":"timer","schedule":"{{schedule}}"{{members}}}""");

    public AppFolder Queue(string name, string queueName) =>
        Binding(name, $$"""{"type":"queueTrigger","direction":"in","name":"msg","queueName":"{{queueName}}","connection":"Work"}""");

    public AppFolder EventGrid(string name, string members = "") =>
        Binding(name, $$"""{"type":"eventGridTrigger","direction":"in","name":"ev"{{members}}}""");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
