using System.Text.Json.Nodes;
using Azure.Core;
using Rekey.Cli.Commands.Operators;
using Rekey.Cli.Output.Items;
using Rekey.Cli.Server;
using Rekey.Cli.Tests.Operators;
using Spectre.Console;

namespace Rekey.Cli.Tests.Screens;

/// <summary>What the commands for operators show of a server's answers over HTTPS.</summary>
public sealed class OperatorScreenTests(OperatorScreenTests.Setup setup) : IClassFixture<OperatorScreenTests.Setup>
{
    private static readonly Dictionary<string, Func<ServerClient, Task<Action<IAnsiConsole>>>> Screens = new(StringComparer.Ordinal)
    {
        ["status"] = StatusAsync,
        ["findings"] = client => ListAsync(client, ApiResources.Findings),
        ["decisions"] = client => ListAsync(client, ApiResources.Decisions),
        ["keys"] = client => ListAsync(client, ApiResources.Keys),
        ["blocks"] = client => ListAsync(client, ApiResources.Blocks),
        ["departures"] = client => ListAsync(client, ApiResources.Departures),
        ["rotations"] = client => ListAsync(client, ApiResources.Rotations),
        ["exposure"] = client => ExposureAsync(client, $"exposure?user={ApiBodies.Person}"),
        ["exposure-everyone"] = client => ExposureAsync(client, "exposure"),
        ["decision"] = client => ShowAsync(client, $"decisions/{ApiBodies.Decision}"),
        ["departure"] = client => ShowAsync(client, $"departures/{ApiBodies.Departure}"),
    };

    public static TheoryData<string, int, bool> All => ScreenFile.Each(Screens.Keys);

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_screen_is_as_its_file(string screen, int width, bool hasColour)
    {
        using var client = new ServerClient(setup.Connection);
        await ScreenFile.HoldAsync($"operator-{screen}", width, hasColour, await Screens[screen](client));
    }

    private static async Task<Action<IAnsiConsole>> StatusAsync(ServerClient client)
    {
        var (facts, _) = await StatusCommand.ReadAsync(client, TestContext.Current.CancellationToken);
        return console => ItemBlocks.WriteFacts(console, "https://rekey.example/", facts);
    }

    private static async Task<Action<IAnsiConsole>> ListAsync(ServerClient client, ApiResource resource)
    {
        var request = ServerRequest.Read(resource.Group);
        var list = await client.ListAsync(request, resource.Members, 500, TestContext.Current.CancellationToken);
        return console => OperatorRun.WriteList(console, resource, list);
    }

    private static async Task<Action<IAnsiConsole>> ExposureAsync(ServerClient client, string path)
    {
        var answer = await client.SendAsync(ServerRequest.Read(path), TestContext.Current.CancellationToken);
        return console => ExposureOutput.Write(console, (JsonObject)answer.Body!);
    }

    private static async Task<Action<IAnsiConsole>> ShowAsync(ServerClient client, string path)
    {
        var answer = await client.SendAsync(ServerRequest.Read(path), TestContext.Current.CancellationToken);
        return console => ItemBlocks.WriteAll(console, (JsonObject)answer.Body!);
    }

    /// <summary>One server for all screens.</summary>
    public sealed class Setup : IAsyncLifetime
    {
        private StubRekey _stub = null!;

        internal Connection Connection =>
            new(
                _stub.Address,
                StubRekey.Scope,
                DelegatedTokenCredential.Create((_, _) => new(StubRekey.Token, DateTimeOffset.MaxValue)),
                "",
                _stub.CaFile
            );

        public async ValueTask InitializeAsync() => _stub = await StubRekey.StartAsync();

        public ValueTask DisposeAsync() => _stub.DisposeAsync();
    }
}
