using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Rekey.Core;

namespace Rekey.Functions.Wire.Lists;

/// <summary>A request for one page of a list: its filters, its size, and where it begins. Every list of the API is read with it.</summary>
/// <remarks>
/// A list is sorted by the places of its items: texts that compare ordinally. A page begins after a place, so items that are added
/// meanwhile shift no page. The next page is named in the header <c>Link</c> (RFC 8288) and in the member <c>next</c>.
/// </remarks>
internal sealed class ListRequest
{
    /// <summary>The most items of a page, and how many a page has unless the caller asks for fewer.</summary>
    /// <remarks>It bounds the size of an answer, and what is read for it.</remarks>
    public const int MostItems = 200;

    private const string AfterName = "after";
    private const string LimitName = "limit";
    private const int LongestText = 512;
    private const int LongestCursor = 4096;
    private const int BindingLength = 16;

    private static readonly string[] Times = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private readonly HttpRequest _request;

    /// <exception cref="BadInputException">The size or the cursor is wrong.</exception>
    public ListRequest(HttpRequest request)
    {
        _request = request;
        Limit = ReadLimit();
        After = ReadAfter();
    }

    /// <summary>The number of items of the page, at most.</summary>
    public int Limit { get; }

    /// <summary>The place of the last item of the page before; null for the first page.</summary>
    public string? After { get; }

    /// <summary>The place of an item in a list with the newest first.</summary>
    public static string NewestFirst(DateTimeOffset at, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"{long.MaxValue - at.UtcTicks:D19}~{id}");

    /// <summary>The place of an item in a list with the oldest first.</summary>
    public static string OldestFirst(DateTimeOffset at, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks:D19}~{id}");

    /// <summary>Reads a filter with any text; null when it is not given.</summary>
    /// <exception cref="BadInputException">It is given twice, is empty or is too long.</exception>
    public string? Text(string filter) =>
        One(filter) switch
        {
            null => null,
            { Length: > 0 and <= LongestText } text => text,
            _ => throw BadFilter(filter, $"must have 1 to {LongestText} characters"),
        };

    /// <summary>Reads a filter with one of these values, in any case; null when it is not given.</summary>
    /// <exception cref="BadInputException">It has another value.</exception>
    public string? Choice(string filter, params IReadOnlyList<string> values) =>
        One(filter) is not { } text
            ? null
            : values.FirstOrDefault(v => string.Equals(v, text, StringComparison.OrdinalIgnoreCase))
                ?? throw BadFilter(filter, $"must be one of {string.Join(", ", values)}");

    /// <summary>Reads a filter with the name of a value of an enum, in any case; null when it is not given.</summary>
    /// <exception cref="BadInputException">It has another value.</exception>
    public T? Choice<T>(string filter)
        where T : struct, Enum => Choice(filter, Enum.GetNames<T>()) is { } name ? Enum.Parse<T>(name) : null;

    /// <summary>Reads a filter with a time; null when it is not given. A time without a zone is in UTC.</summary>
    /// <exception cref="BadInputException">It is no time.</exception>
    public DateTimeOffset? Time(string filter) =>
        One(filter) is not { } text ? null
        : DateTimeOffset.TryParseExact(
            text,
            Times,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
        : throw BadFilter(filter, "must be a time such as 2026-11-30T10:00:00Z, or a date such as 2026-11-30 (UTC)");

    /// <summary>Gives the page of a list, and the cursor of the next page; null on the last.</summary>
    /// <param name="place">The place of an item. No two items have one place.</param>
    public (IReadOnlyList<T> Items, string? Next) Page<T>(IEnumerable<T> items, Func<T, string> place)
    {
        var found = items
            .Select(i => (Item: i, Place: place(i)))
            .Where(i => After is null || string.CompareOrdinal(i.Place, After) > 0)
            .OrderBy(i => i.Place, StringComparer.Ordinal)
            .Take(Limit + 1)
            .ToList();
        return ([.. found.Take(Limit).Select(i => i.Item)], found.Count > Limit ? Next(found[Limit - 1].Place) : null);
    }

    /// <summary>Names the page after a place in the header <c>Link</c>, and gives its cursor.</summary>
    public string Next(string place)
    {
        var cursor = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Binding() + place));

        // A reference with a query only: it holds behind a proxy that adds to the path.
        var query = QueryString.Create(
            _request.Query.Where(q => !string.Equals(q.Key, AfterName, StringComparison.OrdinalIgnoreCase)).Append(new(AfterName, cursor))
        );
        _request.HttpContext.Response.Headers.Link = $"<{query}>; rel=\"next\"";
        return cursor;
    }

    private string? One(string name) =>
        _request.Query[name] switch
        {
            { Count: 0 } => null,
            [var text] => text ?? "",
            _ => throw BadFilter(name, "must be given once only"),
        };

    private int ReadLimit() =>
        One(LimitName) is not { } text ? MostItems
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostItems ? limit
        : throw BadFilter(LimitName, $"must be a whole number from 1 to {MostItems}");

    private string? ReadAfter()
    {
        if (One(AfterName) is not { } cursor)
        {
            return null;
        }

        try
        {
            var text = cursor.Length <= LongestCursor ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) : "";
            if (text.StartsWith(Binding(), StringComparison.Ordinal))
            {
                return text[BindingLength..];
            }
        }
        catch (FormatException)
        {
            // It is no cursor at all.
        }

        throw BadCursor();
    }

    /// <summary>The refusal of a cursor that this list has not made.</summary>
    public static BadInputException BadCursor() =>
        new(
            "bad-cursor",
            $"'{AfterName}' must be the 'next' of a page of this list with the same filters. Leave it out to begin at the first page."
        );

    /// <summary>What a cursor is bound to: another list, or other filters, have other places.</summary>
    private string Binding() =>
        StableId.HexOf([
            (_request.Path.Value ?? "").TrimEnd('/').ToLowerInvariant(),
            .. _request
                .Query.Where(q => q.Key.ToLowerInvariant() is not (AfterName or LimitName))
                .OrderBy(q => q.Key, StringComparer.OrdinalIgnoreCase)
                .Select(q => $"{q.Key.ToLowerInvariant()}={q.Value}"),
        ])[..BindingLength];

    private static BadInputException BadFilter(string name, string expected) => new("bad-filter", $"'{name}' {expected}.");
}
