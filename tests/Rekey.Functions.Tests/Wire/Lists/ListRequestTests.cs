using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Tests.Wire.Lists;

/// <summary>The one way in which every list is read: filters, sizes and pages.</summary>
public sealed class ListRequestTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Whatever is added between two pages: each item that was there is on one page, in the order of the list.</summary>
    [Fact]
    public void All_pages_together_have_each_item_once_and_in_order_also_while_items_are_added()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var items = Enumerable.Range(0, random.Next(0, 60)).Select(_ => Item(random)).Distinct().ToList();
            var (first, size) = (items.ToHashSet(), random.Next(1, 9));
            Func<(DateTimeOffset At, string Id), string> place =
                seed % 2 == 0 ? i => ListRequest.NewestFirst(i.At, i.Id) : i => ListRequest.OldestFirst(i.At, i.Id);
            var seen = new List<(DateTimeOffset, string)>();
            var query = $"?limit={size}&state=open";
            while (query is not null)
            {
                var request = Request(query);
                var (page, next) = new ListRequest(request).Page(items, place);
                Assert.True(page.Count <= size && (next is null || page.Count == size), $"seed {seed}: {page.Count} of {size}");
                seen.AddRange(page);
                query = NextOf(request);
                Assert.Equal(next is null, query is null);
                items.AddRange(Enumerable.Range(0, random.Next(0, 4)).Select(_ => Item(random)).Except(items));
            }

            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Empty(first.Except(seen));
            Assert.Equal(seen.OrderBy(i => place(i), StringComparer.Ordinal), seen);
        }
    }

    [Fact]
    public void The_newest_come_first_or_the_oldest()
    {
        (DateTimeOffset At, string Id)[] items = [(Start, "b"), (Start.AddTicks(1), "a"), (Start, "a"), (DateTimeOffset.MinValue, "c")];
        Assert.Equal(
            [items[1], items[2], items[0], items[3]],
            new ListRequest(Request("")).Page(items, i => ListRequest.NewestFirst(i.At, i.Id)).Items
        );
        Assert.Equal(
            [items[3], items[2], items[0], items[1]],
            new ListRequest(Request("")).Page(items, i => ListRequest.OldestFirst(i.At, i.Id)).Items
        );
    }

    [Fact]
    public void A_page_has_at_most_200_items()
    {
        var request = Request("");
        var (page, next) = new ListRequest(request).Page(Enumerable.Range(0, 201), i => $"{i:D3}");
        Assert.Equal(200, page.Count);
        Assert.NotNull(next);
        Assert.Null(new ListRequest(Request("")).Page(Enumerable.Range(0, 200), i => $"{i:D3}").Next);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=201")]
    [InlineData("?limit=-1")]
    [InlineData("?limit=1.5")]
    [InlineData("?limit=")]
    [InlineData("?limit=1&limit=2")]
    public void A_wrong_size_is_refused_with_what_is_expected(string query) =>
        Refused("bad-filter", "limit", () => _ = new ListRequest(Request(query)).Limit);

    [Theory]
    [InlineData("?state=shut", "open, all")]
    [InlineData("?state=", "open, all")]
    [InlineData("?state=open&state=all", "once")]
    public void A_wrong_choice_is_refused_with_the_right_ones(string query, string expected) =>
        Refused("bad-filter", expected, () => new ListRequest(Request(query)).Choice("state", "open", "all"));

    [Theory]
    [InlineData("2026-11-30", 0)]
    [InlineData("2026-11-30T10:00:00Z", 10)]
    [InlineData("2026-11-30T10:00:00.000Z", 10)]
    [InlineData("2026-11-30T12:00:00%2B02:00", 10)]
    [InlineData("2026-11-30T10:00:00", 10)]
    public void A_time_is_read_in_utc(string text, int hour) =>
        Assert.Equal(new DateTimeOffset(2026, 11, 30, hour, 0, 0, TimeSpan.Zero), new ListRequest(Request($"?since={text}")).Time("since"));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("30.11.2026")]
    [InlineData("2026-13-01")]
    [InlineData("2026-11-30T12:00:00+02:00")]
    [InlineData("")]
    public void A_wrong_time_is_refused_with_an_example(string text) =>
        Refused("bad-filter", "2026-11-30T10:00:00Z", () => new ListRequest(Request($"?since={text}")).Time("since"));

    [Fact]
    public void A_text_has_a_length()
    {
        Assert.Equal("kv/shop", new ListRequest(Request("?key=kv%2Fshop")).Text("key"));
        Assert.Null(new ListRequest(Request("")).Text("key"));
        Refused("bad-filter", "512", () => new ListRequest(Request("?key=")).Text("key"));
        Refused("bad-filter", "512", () => new ListRequest(Request($"?key={new string('x', 513)}")).Text("key"));
    }

    /// <summary>A cursor counts for the list and the filters that it was made for.</summary>
    [Fact]
    public void A_cursor_of_another_list_or_with_other_filters_is_refused()
    {
        var request = Request("?state=open&limit=1");
        var cursor = new ListRequest(request).Page([1, 2], i => $"{i}").Next;
        Assert.Equal("1", new ListRequest(Request($"?after={cursor}&state=open")).After);
        Assert.Equal("1", new ListRequest(Request($"?STATE=open&after={cursor}", "/Things/")).After);
        foreach (
            var wrong in new[]
            {
                Request($"?state=all&after={cursor}"),
                Request($"?after={cursor}"),
                Request($"?state=open&key=x&after={cursor}"),
                Request($"?state=open&after={cursor}", "/others"),
                Request($"?state=open&after={cursor}x"[..^2]),
                Request($"?state=open&after={cursor}&after={cursor}"),
                Request("?state=open&after="),
                Request("?state=open&after=~"),
                Request("?state=open&after=%00"),
                Request("?state=open&after=bm9uc2Vuc2U"),
                Request($"?state=open&after={new string('A', 8192)}"),
            }
        )
        {
            var refused = Assert.Throws<BadInputException>(() => new ListRequest(wrong));
            Assert.Equal(400, refused.Status);
            Assert.Contains(refused.Reason, new[] { "bad-cursor", "bad-filter" });
            Assert.Matches("next|once", refused.Message);
        }
    }

    private static void Refused(string reason, string expected, Action read)
    {
        var refused = Assert.Throws<BadInputException>(read);
        Assert.Equal((reason, 400), (refused.Reason, refused.Status));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static (DateTimeOffset At, string Id) Item(Random random) => (Start.AddSeconds(random.Next(20)), $"{random.Next(100)}");

    private static HttpRequest Request(string query, string path = "/things")
    {
        var http = new DefaultHttpContext();
        (http.Request.Path, http.Request.QueryString) = (path, new(query));
        return http.Request;
    }

    /// <summary>The query of the next page as a client finds it (RFC 8288).</summary>
    private static string? NextOf(HttpRequest request)
    {
        if (request.HttpContext.Response.Headers.Link is not [{ } link])
        {
            return null;
        }

        Assert.Matches("^<\\?[^<> ]+>; rel=\"next\"$", link);
        var query = link[1..link.IndexOf('>', StringComparison.Ordinal)];
        Assert.Equal(["after", "limit", "state"], QueryHelpers.ParseQuery(query).Keys.Order(StringComparer.Ordinal));
        return query;
    }
}
