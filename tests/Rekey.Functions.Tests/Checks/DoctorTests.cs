using System.Net;
using System.Net.Http.Json;
using Rekey.Functions.Checks;
using Rekey.Functions.Tests.Hosting;
using Rekey.Local.Graph;

namespace Rekey.Functions.Tests.Checks;

/// <summary>The app reports what it sees of its own deployment.</summary>
public sealed class DoctorTests(RunningApp app)
{
    private static readonly string[] Good =
    [
        "references",
        "graph permissions",
        "graph subscription",
        "document key",
        "checkpoint key",
        "ledger",
        "publication",
        "clock",
    ];

    [Fact]
    public async Task The_local_world_is_well_and_says_what_it_lacks()
    {
        var doctor = await ReadAsync();
        Assert.All(Good, name => Assert.Equal("Ok", Assert.Single(doctor.Checks, c => c.Name == name).State));
        Assert.Contains(doctor.Checks, c => c.Name.StartsWith("vault ", StringComparison.Ordinal) && c.State == "Ok");
        Assert.All(doctor.Checks, c => Assert.Equal(c.State == "Ok", c.Do is null));
        Assert.Contains(
            app.World.CheckpointThumbprint,
            doctor.Checks.Single(c => c.Name == "checkpoint key").Says,
            StringComparison.Ordinal
        );
        Assert.Contains(
            app.World.Graph.Subscriptions[0].Id,
            doctor.Checks.Single(c => c.Name == "graph subscription").Says,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_app_created_the_subscription_itself_and_an_event_shows()
    {
        var subscription = Assert.Single(app.World.Graph.Subscriptions);
        Assert.Equal(app.World.ClientState, subscription.ClientState);
        Assert.Equal(subscription.NotificationUrl, subscription.LifecycleNotificationUrl);
        Assert.True(subscription.ExpiresAt > DateTimeOffset.UtcNow + TimeSpan.FromDays(28));
        Assert.Contains("partnertopic=pt-rekey-users", subscription.NotificationUrl, StringComparison.Ordinal);

        var person = Guid.NewGuid().ToString();
        app.World.Graph.AddUser(new GraphUser(person, "doctor@demo.example", "Doctor"));
        await app.World.Graph.UpdateAsync(person, u => u with { Mail = "doctor@demo.example" });
        for (var tries = 0; tries < 100 && (await ReadAsync()).Checks.Single(c => c.Name == "events").State != "Ok"; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }

        Assert.Equal("Ok", (await ReadAsync()).Checks.Single(c => c.Name == "events").State);
    }

    private async Task<DoctorView> ReadAsync()
    {
        using var answer = await app.Rekey.SendAsync(
            HttpMethod.Get,
            "doctor",
            "Operator",
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<DoctorView>(TestContext.Current.CancellationToken))!;
    }
}
