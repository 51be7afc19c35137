using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.VisualBasic.FileIO;
using Rekey.Cli.Tests.Support;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Tests.Doubles;

namespace Rekey.Cli.Tests.Ledgers;

/// <summary><c>rekey report leavers</c>: the departures of a period, from a ledger that the real writers wrote.</summary>
public sealed class LeaversReportTests
{
    private static readonly Guid Nobody = Guid.Parse("5b0b1a4e-0000-4000-8000-0000000000cc");

    [Fact]
    public async Task The_rows_are_what_the_app_has_on_record()
    {
        var company = await CompanyAsync();
        using var export = await ExportFolder.OfAsync(company);
        using var report = JsonDocument.Parse((await RunAsync(export, "2027-03-01", "2027-03-31", "json")).Ended(0).Output);
        var rows = report.RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(["rotated", "declined", "nothing-exposed"], rows.Select(r => Text(r, "outcome")));
        Assert.Equal([$"{Company.Leaver}", $"{Company.OtherLeaver}", $"{Nobody}"], rows.Select(r => Text(r, "person")));
        Assert.Equal([null, Company.Approver, null], rows.Select(r => Text(r, "decidedBy")));

        var first = company.Departures.All.Single(d => d.PersonId == $"{Company.Leaver}");
        var rotation = (await company.NewProcess().ReadDeparture.FindAsync(first.Id, default))!.Keys.Single().Responses.Single().Rotation!;
        Assert.Equal(rotation.TrustEndedAt!.Value, Time(rows[0], "containedAt"), TimeSpan.FromSeconds(1));
        Assert.Equal(rotation.WorthlessAt!.Value, Time(rows[0], "worthlessAt"), TimeSpan.FromSeconds(1));
        Assert.Equal(
            (long)(rotation.TrustEndedAt.Value - first.NoticedAt).TotalSeconds,
            rows[0].GetProperty("secondsToContain").GetInt64()
        );
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("containedAt").ValueKind);
        Assert.True(report.RootElement.GetProperty("ledger").GetProperty("isGood").GetBoolean());
    }

    [Theory]
    [InlineData("2027-03-02", "2027-03-02", 1)]
    [InlineData("2027-03-03", "2027-03-31", 2)]
    [InlineData("2027-02-01", "2027-02-28", 0)]
    public async Task Only_the_period_counts_and_its_last_day_is_part_of_it(string from, string to, int departures)
    {
        using var export = await ExportFolder.OfAsync(await CompanyAsync());
        using var report = JsonDocument.Parse((await RunAsync(export, from, to, "json")).Ended(0).Output);
        Assert.Equal(departures, report.RootElement.GetProperty("departures").GetInt32());
    }

    [Fact]
    public async Task Csv_has_the_rows_of_the_json()
    {
        using var export = await ExportFolder.OfAsync(await CompanyAsync());
        using var json = JsonDocument.Parse((await RunAsync(export, "2027-03-01", "2027-03-31", "json")).Ended(0).Output);
        var csv = (await RunAsync(export, "2027-03-01", "2027-03-31", "csv")).Ended(0).Output;
        using var reader = new TextFieldParser(new StringReader(csv)) { Delimiters = [","] };
        var header = reader.ReadFields()!;
        foreach (var row in json.RootElement.GetProperty("rows").EnumerateArray())
        {
            var fields = reader.ReadFields()!;
            Assert.Equal(row.EnumerateObject().Select(p => p.Name), header);
            Assert.Equal(
                row.EnumerateObject().Select(p => p.Value.ValueKind is JsonValueKind.Null ? "" : p.Value.ToString().ToLowerInvariant()),
                fields.Select(f => f.ToLowerInvariant())
            );
        }

        Assert.True(reader.EndOfData);
    }

    [Fact]
    public async Task The_page_is_well_formed_and_a_ledger_that_does_not_hold_is_said_at_its_top()
    {
        using var export = await ExportFolder.OfAsync(await CompanyAsync());
        var good = XDocument.Parse((await RunAsync(export, "2027-03-01", "2027-03-31", "html")).Ended(0).Output).Root!;
        Assert.Equal(3, good.Descendants("section").Count());
        Assert.Contains("a signed checkpoint covers all of it", good.Value, StringComparison.Ordinal);
        Assert.Contains(export.Signer.Public.Thumbprint, good.Value, StringComparison.Ordinal);

        export.Edit("ledger/00000001.ndjson", l => [.. l[..^1], l[^1].Replace("\"at\":\"2027", "\"at\":\"2026", StringComparison.Ordinal)]);
        var bad = XDocument.Parse((await RunAsync(export, "2027-03-01", "2027-03-31", "html")).Ended(2).Output).Root!;
        Assert.StartsWith("The ledger does not hold", bad.Element("body")!.Elements("p").First().Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2027-03-31", "2027-03-01", "--from is later than --to")]
    [InlineData("March", "2027-03-01", "'March' is not a day")]
    public async Task A_period_that_is_none_says_what_to_write(string from, string to, string error)
    {
        using var export = await ExportFolder.OfAsync(await CompanyAsync());
        Assert.Contains(error, (await RunAsync(export, from, to, "json")).Ended(1).Error, StringComparison.Ordinal);
    }

    /// <summary>One who leaves and whose key is rotated in silence, one whose rotation is declined the next day, one who could use no
    /// key.</summary>
    private static async Task<Company> CompanyAsync()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        await company.NewProcess().LeavesAsync(Company.Leaver, standing: PersonStanding.Disabled);
        await company.NewProcess().WorkAsync();
        company.Clock.Advance(TimeSpan.FromDays(1));
        await company.NewProcess().LeavesAsync(Company.OtherLeaver, eventId: "event-2");
        await company.NewProcess().DrainAsync();
        var open = (await company.NewProcess().Decisions.ReadAsync(default)).Open.Single(d => d.Kind == DecisionKinds.Rotate);
        Assert.Null((await company.NewProcess().SayAsync(company.Decisions.Find("decision", open.Id)!, approve: false)).Refusal);
        await company.NewProcess().WorkAsync();
        await company.NewProcess().LeavesAsync(Nobody, eventId: "event-3");
        await company.NewProcess().WorkAsync();
        return company;
    }

    private static Task<ToolRun> RunAsync(ExportFolder export, string from, string to, string format) =>
        Tool.RunAsync("report", "leavers", export.Path, "--key", export.Key, "--from", from, "--to", to, "--output", format, "--quiet");

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static DateTimeOffset Time(JsonElement row, string name) =>
        DateTimeOffset.Parse(Text(row, name)!, CultureInfo.InvariantCulture);
}
