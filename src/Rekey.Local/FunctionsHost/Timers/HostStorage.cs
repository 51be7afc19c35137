using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Rekey.Local.FunctionsHost.Configuration;

namespace Rekey.Local.FunctionsHost.Timers;

/// <summary>The host's own part of AzureWebJobsStorage. Instances of one app share it by their host id.</summary>
internal sealed class HostStorage(string connectionString, string hostId, TimeSpan retryDelay)
{
    public BlobContainerClient Container { get; } = new(connectionString, "azure-webjobs-hosts", Options(retryDelay));

    /// <summary>The setting <c>AzureFunctionsWebHost__hostid</c>, or what follows from the app folder.</summary>
    public string HostId { get; } = hostId;

    public static HostStorage? Of(LoadedFunctionApp app, TimeSpan retryDelay) =>
        app.Settings.Find("AzureWebJobsStorage") is { Length: > 0 } connection
            ? new HostStorage(
                connection,
                app.Settings.Find("AzureFunctionsWebHost__hostid")
                    ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(app.Root)))[..32],
                retryDelay
            )
            : null;

    private static BlobClientOptions Options(TimeSpan retryDelay)
    {
        var options = new BlobClientOptions();
        options.Retry.Delay = retryDelay;
        return options;
    }
}
