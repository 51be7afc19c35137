using Rekey.Exposures.Access;
using Rekey.Trust.Lists;

namespace Rekey.Exposures.Audit;

/// <summary>Exposure because the audit log shows that the person used or took the key, or an application of theirs did.</summary>
public sealed class UsedKeys(AuditReading audit, DeclaredVaults vaults) : IExposureSource
{
    /// <summary>The operations that use or take key material. A program that only reads the public key holds nothing.</summary>
    private static readonly HashSet<string> Private = new(StringComparer.Ordinal)
    {
        "keysign",
        "keydecrypt",
        "keyunwrap",
        "keybackup",
        "keyrelease",
        "keyimport",
        "keyrestore",
        "secretget",
        "secretbackup",
        "certificateimport",
        "certificatebackup",
    };

    /// <summary>Whether an operation uses or takes key material.</summary>
    public static bool IsPrivate(string operation) => Private.Contains(operation);

    public async Task<ExposureAnswer> FindAsync(ExposureInquiry inquiry, BoundKey key, CancellationToken cancellationToken)
    {
        var uses = await audit.UsesAsync(inquiry, cancellationToken);
        var controlled = await audit.ControlledAsync(inquiry, cancellationToken);
        // Where no other source shows when access ended, it counts as lasting: the last use only shows that it had not ended before.
        var isEndKnown = vaults.Find(key.Key) is not null;
        return new([
            .. uses
                .Rows.Where(u => u.IsOf(key.Key) && Private.Contains(u.Operation))
                .SelectMany(u =>
                    Users(inquiry, u, controlled)
                        .Select(user => new ExposureReason(
                            user.Person,
                            "used",
                            $"the audit log has {u}{user.How}",
                            isEndKnown ? u.Last : null
                        ))
                )
                .OrderByDescending(r => r.Until)
                .ThenBy(r => r.Detail, StringComparer.Ordinal),
        ]);
    }

    private static IEnumerable<(string Person, string How)> Users(
        ExposureInquiry inquiry,
        AuditedUse use,
        IReadOnlyDictionary<string, string> controlled
    )
    {
        if (inquiry.PersonId is not { } person)
        {
            return use.IsPerson && use.Oid.Length > 0 ? [(use.Oid, "")] : [];
        }

        return inquiry.IsAbout(use.Oid) ? [(person, "")]
            : controlled.TryGetValue(use.Oid, out var how) || controlled.TryGetValue(use.AppId, out how)
                ? [(person, $", and the person is {how}")]
            : [];
    }
}
