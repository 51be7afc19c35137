namespace Rekey.Azure.Http;

/// <summary>The reasons and remedies for refusals of a service.</summary>
/// <param name="Prefix">The prefix of the reasons: <c>arm</c> gives <c>arm-forbidden</c>.</param>
internal sealed record RestService(string Prefix, Uri Endpoint, string Forbidden)
{
    /// <summary>The maximum size of a reply in bytes.</summary>
    public int LongestReply { get; init; } = 16 * 1024 * 1024;

    /// <summary>Whether refusals repeat the service's message: where the code alone does not say what is wrong.</summary>
    public bool RepeatsMessages { get; init; }

    /// <summary>The <c>Prefer</c> header of every call; null for none.</summary>
    public string? Prefer { get; init; }

    /// <summary>Whether a call waits for a throttle. Otherwise its sender calls again.</summary>
    public bool Waits { get; init; } = true;

    /// <summary>Whether an address belongs to this service and may receive its token.</summary>
    public bool Owns(Uri address) =>
        address.IsAbsoluteUri
        && Uri.Compare(address, Endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
