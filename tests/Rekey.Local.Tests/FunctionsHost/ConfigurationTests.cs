using Cronos;
using Rekey.Local.FunctionsHost;
using Rekey.Local.FunctionsHost.Configuration;
using Rekey.Local.FunctionsHost.Configuration.Triggers;
using Rekey.Local.FunctionsHost.Worker;
using Rekey.Local.Tests.FunctionsHost.Support;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class ConfigurationTests
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["Work"] = "UseDevelopmentStorage=true",
        ["Queue"] = "jobs",
        ["Every"] = "0 */5 * * * *",
    };

    [Fact]
    public void Every_mistake_of_the_files_should_be_listed_at_once()
    {
        using var folder = new AppFolder(
            """{"version":"1.0","extensions":{"queues":{"batchSize":33,"messageEncoding":"rot13"}},"functionTimeout":"soon"}""",
            AppFolder.WorkerConfig("no-such-program", "No.Such.Worker.dll", "node")
        );

        AssertMistakes(
            () => Read(folder),
            "version must be",
            "batchSize must be",
            "messageEncoding must be",
            "functionTimeout must be",
            "language must be dotnet-isolated",
            "'no-such-program' is neither",
            "defaultWorkerPath 'No.Such.Worker.dll'"
        );
    }

    [Fact]
    public void Every_mistake_of_the_functions_should_be_listed_at_once() =>
        AssertMistakes(
            () =>
                Functions(
                    Function("T", """{"name":"t","type":"timerTrigger","schedule":"every day"}"""),
                    Function("Q", """{"name":"q","type":"queueTrigger","queueName":"%Nowhere%","connection":"Work"}"""),
                    Function("Q2", """{"name":"q","type":"queueTrigger","queueName":"Not_A_Queue","connection":"Nothing"}"""),
                    Function("Q3", """{"name":"q","type":"queueTrigger","queueName":"jobs","dataType":"Binary"}"""),
                    Function("H", """{"name":"r","type":"httpTrigger","route":"a/{b","methods":["GET","G E T"],"authLevel":"7"}"""),
                    Function("U", """{"name":"b","type":"blobTrigger"}"""),
                    Function("N"),
                    Function("Broken", "{"),
                    Function("Out", """{"name":"r","type":"httpTrigger"}""", """{"name":"q","type":"queue","direction":"Out"}"""),
                    Function("7", """{"type":"httpTrigger"}"""),
                    Function("t", """{"name":"t","type":"timerTrigger","schedule":"0 * * * * *"}""")
                ),
            "schedule 'every day'",
            "setting Nowhere",
            "no queue name",
            "connection Nothing",
            "not as Binary",
            "route 'a/{b'",
            "'G E T'",
            "authLevel '7'",
            "type must be timerTrigger",
            "N: there must be exactly one trigger",
            "Broken, binding 0: is not a JSON object",
            "knows only http, not 'queue'",
            "7: is no function name",
            "name is missing",
            "have one name"
        );

    [Fact]
    public void Names_between_percent_signs_come_from_the_settings()
    {
        var functions = Functions(
            Function("Q", """{"name":"q","type":"queueTrigger","queueName":"%Queue%-in","connection":"Work"}"""),
            Function("T", """{"name":"t","type":"timerTrigger","schedule":"%Every%"}""")
        );
        Assert.Equal("jobs-in", Assert.IsType<QueueTriggerDefinition>(functions[0].Trigger).QueueName);
        Assert.Equal(
            CronExpression.Parse("0 */5 * * * *", CronFormat.IncludeSeconds),
            Assert.IsType<TimerTriggerDefinition>(functions[1].Trigger).Schedule
        );
    }

    [Theory]
    [InlineData("""{"name":"t","type":"timerTrigger","schedule":"0 * * * * *"}""")]
    [InlineData("""{"name":"q","type":"queueTrigger","queueName":"jobs"}""")]
    public void Timers_and_queues_of_no_named_connection_need_AzureWebJobsStorage(string binding)
    {
        var wrong = Assert.Throws<FunctionsHostConfigurationException>(() =>
        {
            FunctionMetadataReader.Read([Function("F", binding)], new AppSettings(new Dictionary<string, string>(), _ => null));
        });
        Assert.Contains("AzureWebJobsStorage", Assert.Single(wrong.Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_is_disabled_by_setting()
    {
        var settings = new AppSettings(new Dictionary<string, string> { ["AzureWebJobs.H.Disabled"] = "true" });
        Assert.True(FunctionMetadataReader.Read([Function("H", """{"name":"r","type":"httpTrigger"}""")], settings).Single().Disabled);
    }

    [Fact]
    public void Sub_minute_schedules_are_not_monitored() =>
        Assert.Equal(
            [false, true],
            Functions(
                    Function("A", """{"name":"t","type":"timerTrigger","schedule":"*/30 * * * * *"}"""),
                    Function("B", """{"name":"t","type":"timerTrigger","schedule":"0 * * * * *"}""")
                )
                .Select(function => ((TimerTriggerDefinition)function.Trigger).UseMonitor)
        );

    [Fact]
    public void A_worker_of_its_own_executable_is_found_in_the_app_folder()
    {
        using var folder = new AppFolder(workerConfig: AppFolder.WorkerConfig("{WorkerRoot}app", ""));
        var program = Path.Combine(folder.Path, "app");
        File.WriteAllText(program, "#!/bin/sh");
        AssertMistakes(() => Read(folder), "execute bit");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var worker = Read(folder).Worker;
        Assert.Equal(program, worker.Executable);
        Assert.Empty(worker.Arguments);
    }

    private static LoadedFunctionApp Read(AppFolder folder) =>
        LoadedFunctionApp.Read(new LocalFunctionsHostOptions { AppRoot = folder.Path, Settings = Settings });

    private static IReadOnlyList<FunctionDefinition> Functions(params RpcFunctionMetadata[] described) =>
        FunctionMetadataReader.Read(described, new AppSettings(Settings));

    private static RpcFunctionMetadata Function(string name, params string[] bindings)
    {
        var described = new RpcFunctionMetadata { Name = name };
        described.RawBindings.AddRange(bindings);
        return described;
    }

    private static void AssertMistakes(Func<object> read, params string[] expected)
    {
        var mistakes = Assert
            .Throws<FunctionsHostConfigurationException>(() =>
            {
                read();
            })
            .Mistakes;
        Assert.All(expected, part => Assert.Contains(mistakes, mistake => mistake.Contains(part, StringComparison.Ordinal)));
    }
}
