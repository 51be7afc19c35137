using System.Text.Json.Nodes;
using Rekey.Core;
using Rekey.Departures.Reconciling.Sources;
using Rekey.DuckDb.Folders;

namespace Rekey.DuckDb.Tests.Folders;

/// <summary>Which accounts were closed and opened, by files of audit logs: as the table is exported, and as Event Hubs has it.</summary>
public sealed class FolderAccountAuditTests : IDisposable
{
    private const string Person = "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("rekey-audit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Both_forms_give_the_same_acts()
    {
        Write(
            "table.json",
            Row("2026-05-04T09:59:58.1234567Z", "Disable account", "success", "c-1", Targets),
            Row(null, "Enable account", "success", "c-2", JsonValue.Create(Targets.ToJsonString())),
            Row(null, "Disable account", "failure", "c-3", Targets),
            "{\"half a line"
        );
        Write("hub.json", Record("2026-05-04T09:59:58.1234567Z", "Disable account", "c-1"), Record(null, "Enable account", "c-2"));
        var acts = await ReadAsync(DateTimeOffset.UnixEpoch);
        AccountActKind[] kinds = [AccountActKind.Disable, AccountActKind.Disable, AccountActKind.Enable, AccountActKind.Enable];
        Assert.Equal(kinds, acts.OrderBy(a => a.At).Select(a => a.Kind));
        Assert.Equal(2, acts.Distinct().Count());
        Assert.All(acts, a => Assert.Equal(Guid.Parse(Person), a.PersonId));
    }

    [Fact]
    public async Task Only_files_that_were_written_since_are_read()
    {
        Write("a.json", Record(null, "Delete user", "c-1"));
        Assert.Single(await ReadAsync(DateTimeOffset.UtcNow.AddHours(-1)));
        Assert.Empty(await ReadAsync(DateTimeOffset.UtcNow.AddHours(1)));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_refused()
    {
        var audit = new FolderAccountAudit(new() { AuditFolder = Path.Combine(_folder, "none") });
        await Assert.ThrowsAsync<CannotContinueException>(() => audit.ReadAsync(DateTimeOffset.UnixEpoch, Cancel));
    }

    private static JsonArray Targets => [new JsonObject { ["id"] = Person, ["type"] = "User" }];

    /// <summary>As the table is exported.</summary>
    private static string Row(string? at, string operation, string result, string correlation, JsonNode targets) =>
        new JsonObject
        {
            ["TimeGenerated"] = "2026-05-04T10:00:00Z",
            ["ActivityDateTime"] = at,
            ["OperationName"] = operation,
            ["Result"] = result,
            ["CorrelationId"] = correlation,
            ["TargetResources"] = targets,
        }.ToJsonString();

    /// <summary>As Event Hubs and storage have it.</summary>
    private static string Record(string? at, string operation, string correlation) =>
        new JsonObject
        {
            ["time"] = "2026-05-04T10:00:00Z",
            ["operationName"] = operation,
            ["correlationId"] = correlation,
            ["properties"] = new JsonObject
            {
                ["result"] = "success",
                ["activityDateTime"] = at,
                ["targetResources"] = Targets,
            },
        }.ToJsonString();

    private void Write(string name, params string[] lines) => File.WriteAllText(Path.Combine(_folder, name), string.Join('\n', lines));

    private Task<IReadOnlyList<AccountAct>> ReadAsync(DateTimeOffset since) =>
        new FolderAccountAudit(new() { AuditFolder = _folder }).ReadAsync(since, Cancel);
}
