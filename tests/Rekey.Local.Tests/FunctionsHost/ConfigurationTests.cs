using Cronos;
using Rekey.Local.FunctionsHost;
using Rekey.Local.FunctionsHost.Configuration;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class ConfigurationTests
{
    private static readonly Dictionary<string, string> Settings = new() { ["Work"] = "UseDevelopmentStorage=true", ["Queue"] = "jobs", ["Every"] = "0 */5 * * * *" };

    [Fact]
    public void Every_mistake_should_be_listed_at_once()
    {
        using var folder = new AppFolder("""{"version":"1.0","customHandler":{"description":{"defaultExecutablePath":"no-such-program"}},"extensions":{"queues":{"batchSize":33,"messageEncoding":"rot13"}},"functionTimeout":"soon"}""")
            .Timer("T", "every day")
            .Queue("Q", "%Nowhere%")
            .Queue("Q2", "Not_A_Queue")
            .Http("H", ""","route":"a/{b","methods":["GET","G E T"]""")
            .Binding("U", """{"type":"blobTrigger","direction":"in","name":"x"}""")
            .Binding("N")
            .Function("Broken", "{")
            .Binding("E", """{"type":"eventGridTrigger","direction":"out"}""");

        var mistakes = Assert.Throws<FunctionsHostConfigurationException>(() => Read(folder)).Mistakes;

        string[] expected =
        [
            "version must be", "'no-such-program' is neither", "batchSize must be", "messageEncoding must be", "functionTimeout must be",
            "schedule 'every day'", "setting Nowhere", "no queue name", "route 'a/{b'", "'G E T'", "type must be timerTrigger",
            "at least one binding", "Broken/function.json: is not valid JSON", "direction must be in", "name is missing",
        ];
        Assert.All(expected, part => Assert.Contains(mistakes, mistake => mistake.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_between_percent_signs_come_from_the_settings()
    {
        using var folder = new AppFolder().Queue("Q", "%Queue%").Timer("T", "%Every%");
        var functions = Read(folder).Functions;
        Assert.Equal("jobs", Assert.IsType<QueueTriggerDefinition>(functions[0].Trigger).QueueName);
        Assert.Equal(CronExpression.Parse("0 */5 * * * *", CronFormat.IncludeSeconds), Assert.IsType<TimerTriggerDefinition>(functions[1].Trigger).Schedule);
    }

    [Fact]
    public void Connection_should_be_AzureWebJobsStorage_when_none_is_named()
    {
        using var folder = new AppFolder().Binding("Q", """{"type":"queueTrigger","direction":"in","name":"m","queueName":"jobs"}""");
        var mistake = Assert.Single(Assert.Throws<FunctionsHostConfigurationException>(() => Read(folder)).Mistakes);
        Assert.Contains("AzureWebJobsStorage", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"disabled":true,"bindings":[{"type":"eventGridTrigger","direction":"in","name":"ev"}]}""", false)]
    [InlineData("""{"bindings":[{"type":"eventGridTrigger","direction":"in","name":"ev"}]}""", true)]
    public void A_function_is_disabled_by_file_or_setting(string json, bool bySetting)
    {
        using var folder = new AppFolder().Function("E", json);
        var app = FunctionApp.Read(new LocalFunctionsHostOptions { AppRoot = folder.Path, Settings = bySetting ? new Dictionary<string, string> { ["AzureWebJobs.E.Disabled"] = "true" } : [] });
        Assert.True(app.Functions.Single().Disabled);
    }

    [Fact]
    public void Sub_minute_schedules_are_not_monitored()
    {
        using var folder = new AppFolder().Timer("A", "*/30 * * * * *").Timer("B", "0 * * * * *");
        Assert.Equal([false, true], Read(folder).Functions.Select(function => ((TimerTriggerDefinition)function.Trigger).UseMonitor));
    }

    [Fact]
    public void An_executable_without_run_bit_is_a_mistake_of_its_own()
    {
        using var folder = new AppFolder("""{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler.mjs"}}}""").EventGrid("E");
        Assert.Contains("execute bit", Assert.Single(Assert.Throws<FunctionsHostConfigurationException>(() => Read(folder)).Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_request_and_response_alone_are_forwardable()
    {
        using var folder = new AppFolder().Http("A").Binding(
            "B",
            """{"type":"httpTrigger","direction":"in","name":"req"}""",
            """{"type":"http","direction":"out","name":"res"}""",
            """{"type":"queue","direction":"out","name":"q","queueName":"jobs","connection":"Work"}""");
        Assert.Equal([true, false], Read(folder).Functions.Select(function => function.Forwardable));
    }

    private static FunctionApp Read(AppFolder folder) => FunctionApp.Read(new LocalFunctionsHostOptions { AppRoot = folder.Path, Settings = Settings });
}
