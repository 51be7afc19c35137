namespace Rekey.Functions.Wire.Lists;

/// <summary>Marks a function that reads a <see cref="ListRequest"/>: it takes <c>after</c> and <c>limit</c>, and links to the next
/// page.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PagedAttribute : Attribute
{
    /// <summary>The reasons with which a wrong page or filter is refused (400).</summary>
    public static IReadOnlyList<string> Reasons { get; } = ["bad-filter", "bad-cursor"];

    /// <summary>The query parameters of every list.</summary>
    public static IReadOnlyList<QueryAttribute> Parameters { get; } =
    [
        new("after", "The `next` of the page before; the header `Link` has the whole address."),
        new("limit", "The number of items of the page: 1 to 200, the default.") { Example = "10" },
    ];
}
