using Azure.Storage.Queues;

namespace Rekey.Local.FunctionsHost.Queues;

/// <summary>Makes clients of queues that try again as the storage extension's do.</summary>
internal static class QueueClients
{
    public static QueueClient Make(string connectionString, string name, TimeSpan retryDelay)
    {
        var options = new QueueClientOptions();
        options.Retry.Delay = retryDelay;
        return new QueueClient(connectionString, name, options);
    }
}
