using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rekey.AspNetCore.Documents;

/// <summary>Reads the lists from disk and pulls them once before the first request, then pulls them again and again.</summary>
internal sealed class PullTimer(IPulledLists documents, PullOptions options, TimeProvider timeProvider, ILogger log) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        documents.Load();
        await documents.PullAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Jittered(options.PullEvery), timeProvider, stoppingToken);
            try
            {
                await documents.PullAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A mistake of this program must not end the pulls: the lists would grow old in silence.
                log.LogCritical(e, "Rekey's {Role} failed at a pull, and tries again.", options.Role);
            }
        }
    }

    /// <summary>The time, up to a fifth shorter or longer.</summary>
    private static TimeSpan Jittered(TimeSpan time) => time * ((800 + RandomNumberGenerator.GetInt32(401)) / 1000.0);
}
