using Rekey.Azure.Entra;
using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.Tests.LogAnalytics;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Recordings;
using Rekey.VaultAccess;

namespace Rekey.Azure.Tests.Recordings;

/// <summary>Each recorded answer of Graph and of Log Analytics, given to the client that would ask for it.</summary>
public sealed class GraphAnswersTests
{
    private const string Leaver = "aaaaaaaa-0000-4000-8000-000000000001";
    private const string Group = "ffffffff-0000-4000-8000-000000000001";
    private const string Principal = "bbbbbbbb-0000-4000-8000-000000000001";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    public static readonly IReadOnlyList<int> Asked = [1, 2, 6, 7, 8, 11, 12, 13];

    [Fact]
    public async Task A_user_without_accountEnabled_says_nothing_about_whether_the_person_works_here()
    {
        await using var stub = await AnsweringAsync(_ => 1);

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => Directory(stub).ReadAsync(Guid.Parse(Leaver), Cancel));

        Assert.Equal("graph-forbidden", refused.Reason);
        Assert.Contains("accountEnabled", stub.Requests.Single().Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_that_is_not_there_is_looked_for_among_the_deleted_ones_and_then_not_known()
    {
        await using var stub = await AnsweringAsync(_ => 2);

        Assert.Equal(PersonStanding.Unknown, await Directory(stub).ReadAsync(Guid.Parse(Leaver), Cancel));
        Assert.Equal(2, stub.Requests.Count);
    }

    [Fact]
    public async Task Kinds_of_objects_are_those_of_their_types()
    {
        await using var stub = await AnsweringAsync(_ => 6);
        Assert.Equal([(Group, PrincipalKind.Group)], (await Principals(stub).GetKindsAsync([Group], Cancel)).Select(k => (k.Key, k.Value)));
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(8, 0)]
    public async Task Members_of_a_group_are_read_from_one_page(int line, int count)
    {
        await using var stub = await AnsweringAsync(_ => line);

        var members = await Principals(stub).GetMembersAsync(Group, Cancel);

        Assert.Equal(count, members!.Count);
        Assert.All(members, m => Assert.Equal(("ffffffff-0000-4000-8000-000000000002", PrincipalKind.Group), (m.Key, m.Value)));
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Who_made_an_application_owns_it_and_not_its_service_principal()
    {
        var principal = AzureRecording.Read("graph", 12).Answer!["value"]!.AsArray().Single()!.ToJsonString();
        await using var stub = await AnsweringAsync(url => url.Contains("/applications", StringComparison.Ordinal) ? 11 : 13);
        var rest = stub.Answers!;
        stub.Answers = asked => asked.Path.EndsWith("/owners", StringComparison.Ordinal) ? rest(asked) : new(200, principal);

        var facts = await Principals(stub).GetServicePrincipalAsync(Principal, Cancel);

        Assert.Null(facts!.ResourceId);
        Assert.Equal([(Leaver, PrincipalKind.User)], facts.Owners.Select(o => (o.Key, o.Value)));
        Assert.Contains(stub.Requests, r => r.Path.Contains("eeeeeeee-0000-4000-8000-0000000000a1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_table_of_a_query_is_the_result_whatever_it_is_called()
    {
        var recording = AzureRecording.Read("logs", 1);
        await using var workspace = await Workspace.StartAsync();
        workspace.Stub.Answers = _ => KeyAnswersTests.Given(recording);
        var options = new LogsQueryClientOptions(new()) { Transport = workspace.Stub.Transport() };

        var table = (
            await new LogsQueryClient(
                new FakeCredential(),
                new(workspace.Clock, TimeSpan.FromMinutes(1)),
                options,
                workspace.Clock
            ).QueryWorkspaceAsync(Workspace.Id, "Heartbeat | getschema", Workspace.AnyTime, "Asking", Cancel)
        ).Table;

        Assert.Equal(7, table.RowCount);
        var third = table.Rows.ElementAt(3);
        Assert.Equal(
            ("IsGatewayInstalled", 3L, "bool"),
            (third.GetString("ColumnName"), third.GetInt64("ColumnOrdinal"), third.GetString("ColumnType"))
        );
    }

    private static async Task<StubServer> AnsweringAsync(Func<string, int> lineFor)
    {
        var recordings = AzureRecording.All("graph");
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        stub.Answers = asked => KeyAnswersTests.Given(recordings[lineFor(asked.Url) - 1]);
        return stub;
    }

    private static GraphClientOptions Options(StubServer stub) =>
        new(new Uri("https://graph.microsoft.com"), "https://graph.microsoft.com/.default") { Transport = stub.Transport() };

    private static GraphDirectory Directory(StubServer stub) =>
        new(new FakeCredential(), Options(stub), new(TimeProvider.System, TimeSpan.Zero), TimeProvider.System);

    private static GraphPrincipals Principals(StubServer stub) =>
        new(new FakeCredential(), Options(stub), new(TimeProvider.System, TimeSpan.Zero), TimeProvider.System);
}
