using System.Collections.Concurrent;
using Rekey.AspNetCore.AccessLogs;
using Rekey.AspNetCore.AccessLogs.Rows;

namespace Rekey.AspNetCore.Tests.Support;

/// <summary>Keeps the rows of the access log. It can be made to wait.</summary>
internal sealed class CapturedRows : IGatewayLogWriter
{
    private readonly SemaphoreSlim _written = new(0);

    public ConcurrentQueue<GatewayRow> Rows { get; } = [];

    /// <summary>What each call waits for first.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public async Task WriteAsync(IReadOnlyList<GatewayRow> rows, CancellationToken cancellationToken)
    {
        await Before().WaitAsync(cancellationToken);
        foreach (var row in rows)
        {
            Rows.Enqueue(row);
            _written.Release();
        }
    }

    /// <summary>Waits for the next row.</summary>
    public async Task<GatewayRow> NextAsync(string stream)
    {
        while (true)
        {
            if (Rows.FirstOrDefault(r => r.Stream == stream) is { } row)
            {
                return row;
            }

            Assert.True(await _written.WaitAsync(TimeSpan.FromSeconds(30)), $"No row of {stream} came.");
        }
    }

    /// <summary>Waits until there are so many rows.</summary>
    public async Task<IReadOnlyList<GatewayRow>> AllAsync(Func<IReadOnlyList<GatewayRow>, bool> isEnough)
    {
        while (!isEnough([.. Rows]))
        {
            Assert.True(await _written.WaitAsync(TimeSpan.FromSeconds(30)), $"Only {Rows.Count} rows came.");
        }

        return [.. Rows];
    }
}
