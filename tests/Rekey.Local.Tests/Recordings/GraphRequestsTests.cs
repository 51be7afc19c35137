using Rekey.Local.Graph;
using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;
using Rekey.Recordings;

namespace Rekey.Local.Tests.Recordings;

/// <summary>Each recorded request to Graph, sent to the stand-in.</summary>
public sealed class GraphRequestsTests : StandInTest
{
    private const string Leaver = "aaaaaaaa-0000-4000-8000-000000000001";
    private const string Group = "ffffffff-0000-4000-8000-000000000001";
    private const string Child = "ffffffff-0000-4000-8000-000000000002";
    private const string App = "eeeeeeee-0000-4000-8000-0000000000a2";

    public static readonly IReadOnlyList<int> Asked = [1, 2, 6, 7, 8, 11, 13];

    private GraphServer _graph = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _graph = Tenant.Own(await GraphServer.StartAsync(new GraphOptions { Time = Tenant.Time }, Tenant.Identity, Tenant.Authority));
        _graph.Set(new GraphGroup(Group) { Members = [Child] });
        _graph.Set(new GraphGroup(Child));
        _graph.Set(new GraphServicePrincipal("bbbbbbbb-0000-4000-8000-000000000001", App) { ApplicationOwners = [Leaver] });
    }

    public static TheoryData<int> AskedLines => [.. Asked];

    [Theory]
    [MemberData(nameof(AskedLines))]
    public async Task The_directory_should_answer_as_recorded(int line)
    {
        if (line != 2)
        {
            _graph.AddUser(new GraphUser(Leaver, "leaver@demo.example", "Leaver"));
        }

        var recording = AzureRecording.Read("graph", line);
        // Recorded by the application's own id; here it goes by that of its client.
        var path = line == 11 ? $"/v1.0/applications(appId='{App}')/owners" : recording.Path;
        await SameAsync(
            recording,
            _graph.Address,
            path,
            Tenant.Identity.Mint(LocalTenant.Officer, Audiences.Graph, ["User.Read.All", "GroupMember.Read.All", "Application.Read.All"])
        );
    }
}
