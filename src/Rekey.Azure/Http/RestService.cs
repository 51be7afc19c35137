namespace Rekey.Azure.Http;

/// <summary>What a service calls its refusals, and what helps against them.</summary>
/// <param name="Prefix">Of the reasons: <c>arm</c> gives <c>arm-forbidden</c>.</param>
internal sealed record RestService(string Prefix, Uri Endpoint, string Forbidden)
{
    /// <summary>In bytes; what is longer is refused.</summary>
    public int LongestReply { get; init; } = 16 * 1024 * 1024;

    /// <summary>Whether it is an address of this service, to which its token may go.</summary>
    public bool Owns(Uri address) =>
        address.IsAbsoluteUri
        && Uri.Compare(address, Endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
