using System.Reflection;
using System.Text.Json;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>An app folder of a test: its own host.json, and a copy of the worker app of these tests.</summary>
public sealed class AppFolder : IDisposable
{
    public const string HostJson = """
        {"version":"2.0","functionTimeout":"00:00:20",
         "extensions":{"http":{"routePrefix":""},
           "queues":{"maxPollingInterval":"00:00:00.200","visibilityTimeout":"00:00:01","batchSize":16,"newBatchThreshold":8,
             "maxDequeueCount":3,"messageEncoding":"none"}}}
        """;

    /// <param name="hostJson">Null leaves it out.</param>
    /// <param name="workerConfig">Null takes the one that the worker's SDK has made, and the worker with it.</param>
    public AppFolder(string? hostJson = HostJson, string? workerConfig = null)
    {
        if (workerConfig is null)
        {
            foreach (var file in Directory.EnumerateFiles(WorkerFolder))
            {
                File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
            }
        }
        else
        {
            File.WriteAllText(System.IO.Path.Combine(Path, "worker.config.json"), workerConfig);
        }

        if (hostJson is not null)
        {
            File.WriteAllText(System.IO.Path.Combine(Path, "host.json"), hostJson);
        }
    }

    /// <summary>
    /// With a visibilityTimeout long enough for the next worker to be there, on a busy machine too: a message that comes without one
    /// costs a try.
    /// </summary>
    public static string PatientHostJson { get; } =
        HostJson.Replace("\"visibilityTimeout\":\"00:00:01\"", "\"visibilityTimeout\":\"00:00:10\"", StringComparison.Ordinal);

    /// <summary>Where the worker app was built.</summary>
    public static string WorkerFolder { get; } =
        typeof(AppFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "WorkerFolder").Value!;

    public string Path { get; } = Directory.CreateTempSubdirectory("rekey-app-").FullName;

    public static string WorkerConfig(string executable, string worker, string language = "dotnet-isolated") =>
        JsonSerializer.Serialize(
            new
            {
                description = new
                {
                    language,
                    defaultExecutablePath = executable,
                    defaultWorkerPath = worker,
                },
            }
        );

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
