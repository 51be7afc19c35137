using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Rekey.AspNetCore.AccessLogs;
using Rekey.AspNetCore.AccessLogs.Rows;

namespace Rekey.Local.Replay.Packages;

/// <summary>Keeps the reasons of the gateway's refusals. A caller never learns them.</summary>
internal sealed class RefusalReasonLog : IGatewayLogWriter
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _reasons = new(StringComparer.Ordinal);

    public Task WriteAsync(IReadOnlyList<GatewayRow> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows.Where(r => r.Stream == "GatewayRefusal"))
        {
            if (Column(row, "SigningInputSha256") is { } token && Column(row, "Reason") is { } reason)
            {
                Of(token).TrySetResult(reason);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Waits for the reason of a token that was refused.</summary>
    public Task<string> OfAsync(string token, CancellationToken cancellationToken) =>
        Of(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]))))
            .Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);

    private TaskCompletionSource<string> Of(string hash) =>
        _reasons.GetOrAdd(hash, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private static string? Column(GatewayRow row, string name) => row.Columns.FirstOrDefault(c => c.Key == name).Value as string;
}
