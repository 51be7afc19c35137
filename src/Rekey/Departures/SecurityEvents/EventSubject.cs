using System.Text.Json;

namespace Rekey.Departures.SecurityEvents;

/// <summary>The person that an event is about, as the transmitter names them (RFC 9493).</summary>
/// <param name="PersonId">Object id; null when the person is named by address only.</param>
/// <param name="Address">The user principal name; null when the person is named by object id.</param>
public sealed record EventSubject(Guid? PersonId, string? Address)
{
    /// <summary>Members of a complex subject that say where an event happened, and not to whom.</summary>
    private static readonly string[] Circumstances = ["session", "device"];

    /// <summary>Reads the subject, with the formats and tenants that the transmitter is bound to.</summary>
    /// <param name="isAccount">Whether the event is about the account as a whole: then a session or device must not narrow it.</param>
    /// <exception cref="SecurityEventRefusedException">It is none, or in a format or tenant that is not accepted.</exception>
    public static EventSubject Read(JsonElement claims, TransmitterOptions transmitter, bool isAccount)
    {
        if (!claims.TryGetProperty("sub_id", out var subject))
        {
            throw SecurityEventToken.Malformed("it has no sub_id");
        }

        if (SecurityEventToken.Text(subject, "format") is not "complex")
        {
            return Simple(subject, transmitter);
        }

        foreach (var member in subject.EnumerateObject().Where(m => m.Name is not ("format" or "user")))
        {
            // All members of a complex subject must match, so one that Rekey cannot check makes it another subject.
            var isAccepted = member.Name is "tenant"
                ? transmitter.Tenants.Contains(SecurityEventToken.Text(member.Value, "id"), StringComparer.OrdinalIgnoreCase)
                    && SecurityEventToken.Text(member.Value, "format") is "opaque"
                : !isAccount && Circumstances.Contains(member.Name, StringComparer.Ordinal);
            if (!isAccepted)
            {
                throw SecurityEventToken.Malformed("its subject has a member or a tenant that is not accepted");
            }
        }

        return subject.TryGetProperty("user", out var user)
            ? Simple(user, transmitter)
            : throw SecurityEventToken.Malformed("its subject names no user");
    }

    private static EventSubject Simple(JsonElement subject, TransmitterOptions transmitter)
    {
        var format = SecurityEventToken.Text(subject, "format");
        var isBound = transmitter.SubjectFormats.Count == 0 ? format is "iss_sub" : transmitter.SubjectFormats.Contains(format);
        return (isBound, format) switch
        {
            (true, "iss_sub")
                when SecurityEventToken.Text(subject, "iss") == transmitter.Issuer
                    && Guid.TryParse(SecurityEventToken.Text(subject, "sub"), out var id) => new(id, Address: null),
            (true, "opaque") when Guid.TryParse(SecurityEventToken.Text(subject, "id"), out var id) => new(id, Address: null),
            (true, "email") when SecurityEventToken.Text(subject, "email") is { Length: > 2 and <= 256 } address && IsAddress(address) =>
                new(PersonId: null, address),
            _ => throw SecurityEventToken.Malformed("its subject is not in a format that is accepted from this transmitter"),
        };
    }

    /// <summary>Only characters of a user principal name: the address becomes a part of a path.</summary>
    private static bool IsAddress(string address) =>
        address.Count(c => c == '@') == 1 && address.All(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.' or '-' or '_' or '\'' or '+');
}
