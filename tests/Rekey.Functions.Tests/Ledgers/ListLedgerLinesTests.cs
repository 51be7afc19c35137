using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Rekey.Functions.Ledgers;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Tests.Ledgers;

/// <summary>The ledger's lines are found by time, kind and subject, and no call reads the whole ledger.</summary>
public sealed class ListLedgerLinesTests
{
    private const int MostRead = 20_000;

    private readonly ManyLines _ledger = new(65_432);

    [Theory]
    [InlineData("")]
    [InlineData("?kind=trust-ended")]
    [InlineData("?about=kv/shop&kind=TRUST-ENDED")]
    [InlineData("?since=2026-02-10T00:00:00Z")]
    [InlineData("?until=2026-01-05")]
    [InlineData("?since=2026-01-20&until=2026-01-21T12:00:00Z&kind=ran")]
    [InlineData("?kind=nothing-like-it")]
    public async Task All_pages_together_have_each_line_that_fits_once_the_newest_first(string query)
    {
        var (all, seen, next) = (Fitting(query), new List<long>(), query);
        while (next is not null)
        {
            _ledger.LinesRead = 0;
            (var page, next) = await PageAsync(next);
            Assert.True(_ledger.LinesRead <= MostRead + 100, $"One call read {_ledger.LinesRead} lines.");
            seen.AddRange(page);

            // A line that is added meanwhile moves no other.
            _ledger.Lines++;
        }

        Assert.Equal(all, seen);
    }

    [Fact]
    public async Task An_old_time_is_found_without_reading_what_came_after_it()
    {
        _ = await PageAsync("?until=2026-01-02&limit=1");
        Assert.True(_ledger.LinesRead < 7_000, $"It read {_ledger.LinesRead} lines.");
    }

    [Fact]
    public async Task A_line_has_what_an_auditor_needs_to_check_it()
    {
        var line = Assert.Single((await ReadAsync("?limit=1")).Lines);
        Assert.Equal((_ledger.Lines, "ran", "kv/shop", $"entry/{_ledger.Lines}"), (line.Number, line.Kind, line.About, line.Id));
        Assert.Equal(64, line.Previous.Length);
        Assert.Equal("somebody", line.Facts["by"]);
        Assert.Equal(ManyLines.Start.AddMinutes(_ledger.Lines), line.At);
    }

    [Fact]
    public async Task A_cursor_that_names_no_line_is_refused()
    {
        var made = (await ReadAsync("?limit=1")).Next!;
        var bytes = Convert.FromBase64String(made.Replace('-', '+').Replace('_', '/').PadRight((made.Length + 3) / 4 * 4, '='));
        bytes[^1] = (byte)'x';
        var altered = Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Assert.Equal("bad-cursor", (await Assert.ThrowsAsync<BadInputException>(() => ReadAsync($"?after={altered}"))).Reason);
    }

    private IEnumerable<long> Fitting(string query)
    {
        bool Has(string part) => query.Contains(part, StringComparison.OrdinalIgnoreCase);
        static long Minutes(int month, int day, int hour = 0) =>
            (long)(new DateTimeOffset(2026, month, day, hour, 0, 0, TimeSpan.Zero) - ManyLines.Start).TotalMinutes;
        var since =
            Has("since=2026-02-10") ? Minutes(2, 10)
            : Has("since=2026-01-20") ? Minutes(1, 20)
            : 0;
        var until =
            Has("until=2026-01-05") ? Minutes(1, 5)
            : Has("until=2026-01-21") ? Minutes(1, 21, 12)
            : long.MaxValue;
        return Enumerable
            .Range(1, _ledger.Lines)
            .Select(n => (long)n)
            .Where(n => n >= since && n < until)
            .Where(n => !Has("kind=nothing"))
            .Where(n => !Has("kind=trust") || n % 997 == 0)
            .Where(n => !Has("kind=ran") || n % 997 != 0)
            .Where(n => !Has("about=") || n % 2 == 0)
            .Reverse();
    }

    private async Task<(IEnumerable<long> Numbers, string? Next)> PageAsync(string query)
    {
        var http = new DefaultHttpContext();
        var page = await ReadAsync(query, http);
        var link = http.Response.Headers.Link.ToString();
        return (page.Lines.Select(l => l.Number), link.Length == 0 ? null : link[1..link.IndexOf('>', StringComparison.Ordinal)]);
    }

    private async Task<LedgerLinePage> ReadAsync(string query, HttpContext? http = null)
    {
        http ??= new DefaultHttpContext();
        (http.Request.Path, http.Request.QueryString) = ("/ledger/lines", new(query));
        return Assert.IsType<JsonHttpResult<LedgerLinePage>>(await new ListLedgerLinesFunction(_ledger).RunAsync(http.Request)).Value!;
    }
}
