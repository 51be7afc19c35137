using System.Globalization;

namespace Rekey.Exposures.Grades;

/// <summary>Grades one version of a key from evidence. Only positive proof makes it usable (T15). Pure.</summary>
public static class VersionGrade
{
    /// <summary>The longest pause in a vault's audit log that is no gap.</summary>
    /// <remarks>2 h: Rekey itself reads every governed vault each hour, and each reading is a row.</remarks>
    public static readonly TimeSpan MaxPause = TimeSpan.FromHours(2);

    private static readonly string[] Left = ["keybackup", "keyrelease"];
    private static readonly string[] CameFromOutside = ["keyimport", "keyrestore", "certificateimport"];
    private static readonly string[] Made = ["keycreate", "keyrotate", "keyrotateifdue"];
    private static readonly string[] OfCertificate = ["secretget", "secretbackup", "certificatebackup"];

    public static KeyGrade Of(VersionEvidence evidence, DateTimeOffset now)
    {
        // 1. What shows that the key can leave the vault, did, or was never only in it.
        var shown = Shown(evidence).ToList();
        if (shown.Count > 0)
        {
            return new(ExposureGrade.Extractable, shown);
        }

        // 2. What is missing for the proof that it did not.
        var missing = Missing(evidence, now).ToList();
        return missing.Count > 0
            ? new(ExposureGrade.Unproven, missing)
            : new(
                ExposureGrade.Usable,
                [
                    $"Version {evidence.Version} was made in hardware, is not exportable, and the audit log is unbroken since then: "
                        + "it shows no import, backup, restore or release.",
                ]
            );
    }

    private static IEnumerable<string> Shown(VersionEvidence evidence)
    {
        if (evidence.Listed is { IsExportable: true })
        {
            yield return $"Version {evidence.Version} is exportable.";
        }

        foreach (
            var use in (evidence.Uses ?? []).Where(u =>
                // A backup of an earlier time cannot hold a later version.
                (Left.Contains(u.Operation) && !(u.Last < evidence.Created))
                || (CameFromOutside.Contains(u.Operation) && u.Covers(evidence.Version))
                || OfCertificate.Contains(u.Operation)
            )
        )
        {
            yield return $"The audit log has {use}.";
        }
    }

    private static IEnumerable<string> Missing(VersionEvidence evidence, DateTimeOffset now)
    {
        if (evidence.IsManaged)
        {
            yield return "A certificate owns the key, and its policy may let the key be exported.";
        }

        if (evidence.Listed is null)
        {
            yield return $"The type of version {evidence.Version} is not known: no declaration names the vault, or it could not be read.";
        }
        else if (!evidence.Listed.IsHardware)
        {
            yield return $"Version {evidence.Version} is a software key.";
        }

        if (evidence.Uses is null || evidence.Silences is null)
        {
            yield return "No audit log of the vault could be read.";
            yield break;
        }

        var made = evidence.Uses.FirstOrDefault(u =>
            u.Kind == "keys" && Made.Contains(u.Operation) && u.Version.Length == 32 && u.Covers(evidence.Version)
        );
        if (made is null)
        {
            yield return $"The audit log does not show that the vault made version {evidence.Version} itself.";
        }

        // Rows arrive minutes late: the end of the log is no gap while it is younger than the longest pause.
        var since = made?.First ?? evidence.Created ?? DateTimeOffset.MinValue;
        if (evidence.Silences.Count == 0)
        {
            yield return "The audit log has no row of the vault.";
        }
        else if (evidence.Silences.FirstOrDefault(s => !(s.To <= since) && !(s.To is null && s.From >= now - MaxPause)) is { } gap)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"The audit log of the vault has no row {(gap.From is { } from ? $"from {from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} " : "")}"
                    + $"{(gap.To is { } to ? $"until {to.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : "until now")}, which is after version "
                    + $"{evidence.Version} was made."
            );
        }
    }
}
