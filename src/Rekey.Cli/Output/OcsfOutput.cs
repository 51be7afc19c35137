using System.Globalization;
using Rekey.Cli.Commands;
using Rekey.Cli.Detections;
using Rekey.Detections;
using Rekey.Findings.Ocsf;

namespace Rekey.Cli.Output;

/// <summary>Writes one OCSF Detection Finding for each campaign, one per line, and at last a Scan Activity of the whole sweep.</summary>
internal static class OcsfOutput
{
    public static void Write(TextWriter output, SweepResult report)
    {
        foreach (var campaign in report.Tallies.Campaigns)
        {
            output.WriteLine(OcsfFinding.Of(Facts(campaign, report), ToolVersion.Text).ToJsonString(CliJson.OneLine));
        }

        output.WriteLine(OcsfScan.Of(report).ToJsonString(CliJson.OneLine));
    }

    private static DetectionFacts Facts(Campaign campaign, SweepResult report)
    {
        var (tally, detection) = (campaign.Tally, report.DetectionOf(campaign.Verdict));
        return new(
            campaign.Of.FindingId,
            FindingActivity.Create,
            FindingStatus.New,
            campaign.Verdict.Code(),
            detection?.Title ?? campaign.Verdict.Meaning(),
            $"{tally.Tokens:N0} token(s) of {campaign.Of.About}: {campaign.Verdict.Meaning()}.",
            campaign.Severity,
            detection?.Attack,
            report.At,
            report.At,
            tally.FirstSeen,
            tally.LastSeen,
            tally.Accesses,
            campaign.Verdict.Remedy(),
            campaign.Of.Kid is { } kid ? [new(campaign.Resource, kid, "Signing key", ResourceRole.Affected)] : [],
            [.. tally.Samples.Select(Evidence)],
            Counts(tally)
        );
    }

    private static FindingEvidence Evidence(Sighting sighting)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = sighting.Token.Id, ["iss"] = sighting.Token.Iss };
        foreach (
            var (name, value) in new[]
            {
                ("jti", sighting.Token.Jti),
                ("kid", sighting.Token.Kid),
                ("sub", sighting.Token.Sub),
                ("signing_input_sha256", sighting.Token.SigningInputSha256),
            }
        )
        {
            if (value is not null)
            {
                facts[name] = value;
            }
        }

        return new(sighting.SrcIpAddr, facts);
    }

    private static Dictionary<string, string> Counts(Tally tally) =>
        new(StringComparer.Ordinal)
        {
            ["tokens"] = tally.Tokens.ToString(CultureInfo.InvariantCulture),
            ["subjects"] = tally.Subjects.ToString(CultureInfo.InvariantCulture),
            ["addresses"] = tally.Addresses.ToString(CultureInfo.InvariantCulture),
            ["networks"] = tally.Networks.ToString(CultureInfo.InvariantCulture),
        };
}
