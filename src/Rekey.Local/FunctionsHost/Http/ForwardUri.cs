namespace Rekey.Local.FunctionsHost.Http;

/// <summary>The handler's address for a forwarded request.</summary>
internal static class ForwardUri
{
    /// <summary>
    /// Encodes the decoded path anew, segment by segment, so that the handler decodes it to exactly what was routed here:
    /// a doubly encoded dot segment stays a name and never becomes a step up. <c>%2F</c> is the one escape that
    /// Kestrel leaves in a path.
    /// </summary>
    public static Uri For(Uri handler, PathString path, QueryString query)
    {
        var segments = (path.Value ?? "/").Split('/').Select(segment =>
            Uri.EscapeDataString(segment).Replace("%252F", "%2F", StringComparison.OrdinalIgnoreCase));
        return new Uri(handler.GetLeftPart(UriPartial.Authority) + string.Join('/', segments) + query.Value);
    }
}
