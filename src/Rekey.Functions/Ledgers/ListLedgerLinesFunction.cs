using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;
using Rekey.Ledgers;

namespace Rekey.Functions.Ledgers;

/// <summary>
/// HTTP: lists lines of the ledger, the newest first, with object ids only. One call reads at most 20,000 lines, so a page of a rare kind
/// may have few lines or none: follow the link until there is none.
/// </summary>
public sealed class ListLedgerLinesFunction(ILedger ledger)
{
    /// <summary>The number of lines of one read.</summary>
    private const int Window = 2_000;

    /// <summary>The number of lines that one call reads. It bounds the time and the cost of a filter that finds nothing.</summary>
    private const int MostRead = 10 * Window;

    /// <summary>How far the clocks of the processes that write the ledger may differ.</summary>
    private static readonly TimeSpan ClocksApart = TimeSpan.FromHours(1);

    [Function("ListLedgerLines"), Authorize(Roles = Roles.Viewers), Paged]
    [ProducesResponseType<LedgerLinePage>(StatusCodes.Status200OK)]
    [Query("kind", "A kind of lines, such as `trust-ended`: only these.", Example = "trust-ended")]
    [Query("about", "What a line is about, such as the id of a key, or its beginning: only these.")]
    [Query("since", "A time such as `2026-11-30T10:00:00Z`: only lines that were written since then.", Example = "2026-11-30")]
    [Query("until", "A time: only lines that were written before then.", Example = "2026-12-31T00:00:00Z")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ledger/lines")] HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        var list = new ListRequest(request);
        var (kind, about) = (list.Text("kind"), list.Text("about"));
        var (since, until) = (list.Time("since"), list.Time("until"));

        // 1. Find the end: all lines of this page have lower numbers.
        var end = list.After is null ? await EndAsync(until, cancel) : NumberOf(list.After);

        // 2. Read windows backwards until the page is full.
        var found = new List<LedgerLine>();
        var (start, isOlder) = (end, false);
        while (start > 1 && !isOlder && found.Count <= list.Limit && end - start < MostRead)
        {
            var window = await ReadAsync(Math.Max(1, start - Window), start, cancel);
            found.AddRange(
                window
                    .Where(l => kind is null || string.Equals(l.Entry.Kind, kind, StringComparison.OrdinalIgnoreCase))
                    .Where(l => about is null || l.Entry.About.StartsWith(about, StringComparison.OrdinalIgnoreCase))
                    .Where(l => (since is null || l.At >= since) && (until is null || l.At < until))
                    .Reverse()
            );
            start = Math.Max(1, start - Window);
            isOlder = since is { } from && window.TrueForAll(l => l.At < from - ClocksApart);
        }

        // 3. The next page begins below the last line of this one, or below the last line that was read.
        long? below =
            found.Count > list.Limit ? found[list.Limit - 1].Number
            : start > 1 && !isOlder ? start
            : null;
        return Results.Json(
            new LedgerLinePage(
                found.Take(list.Limit).Select(LedgerLineView.Of),
                below is { } number ? list.Next(number.ToString(CultureInfo.InvariantCulture)) : null
            )
        );
    }

    private static long NumberOf(string place) =>
        long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw ListRequest.BadCursor();

    /// <summary>A number above those of all lines before a time; the one after the last line where no time is given.</summary>
    private async Task<long> EndAsync(DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var (low, high) = (0L, (await ledger.HeadAsync(cancellationToken)).Lines + 1);
        while (until is { } time && high - low > Window)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = (await ledger.FindAsync(middle, cancellationToken))?.At < time + ClocksApart ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>The lines from a number up to the one before another.</summary>
    private async Task<List<LedgerLine>> ReadAsync(long first, long end, CancellationToken cancellationToken)
    {
        var lines = new List<LedgerLine>();
        await foreach (var line in ledger.ReadAsync(first - 1, cancellationToken))
        {
            if (line.Number >= end)
            {
                break;
            }

            lines.Add(line);
        }

        return lines;
    }
}
