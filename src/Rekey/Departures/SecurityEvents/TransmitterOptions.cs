namespace Rekey.Departures.SecurityEvents;

/// <summary>An identity provider that may send security events (OpenID Shared Signals Framework 1.0).</summary>
public sealed class TransmitterOptions
{
    /// <summary>Its issuer, an https address. It is the <c>iss</c> of its events, and its metadata is read from there.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The <c>aud</c> of its events: what its stream was configured with.</summary>
    public string Audience { get; set; } = "";

    /// <summary>
    /// The formats of subjects that are accepted: <c>iss_sub</c> and <c>opaque</c> with the object id in Entra ID, <c>email</c> with the
    /// user principal name. Empty accepts <c>iss_sub</c> only.
    /// </summary>
    /// <remarks>An address can be given to another person, an object id cannot: accept <c>email</c> only when it must be.</remarks>
    public IList<string> SubjectFormats { get; set; } = [];

    /// <summary>The tenants that a subject may name, where it names one; empty accepts subjects without a tenant only.</summary>
    public IList<string> Tenants { get; set; } = [];

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme != Uri.UriSchemeHttps)
        {
            yield return $"Departures:Transmitters: the issuer '{Issuer}' must be an https address.";
        }

        if (Audience.Length == 0)
        {
            yield return $"Departures:Transmitters: '{Issuer}' needs the Audience of its stream.";
        }

        foreach (var format in SubjectFormats.Where(f => f is not ("iss_sub" or "opaque" or "email")))
        {
            yield return $"Departures:Transmitters: '{format}' is not a format of subjects. Use iss_sub, opaque or email.";
        }
    }
}
