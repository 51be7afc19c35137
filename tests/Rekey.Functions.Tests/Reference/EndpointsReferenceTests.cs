namespace Rekey.Functions.Tests.Reference;

/// <summary>docs/reference/endpoints.md has every function as it is deployed.</summary>
public sealed class EndpointsReferenceTests
{
    [Fact]
    public void The_page_says_of_every_http_function_what_the_code_says() =>
        ReferencePage.HoldPart("endpoints.md", "http", EndpointsPage.Http());

    [Fact]
    public void The_page_says_of_every_queue_what_the_code_says() =>
        ReferencePage.HoldPart("endpoints.md", "queues", EndpointsPage.Queues());

    [Fact]
    public void The_page_says_of_every_timer_what_the_code_says() =>
        ReferencePage.HoldPart("endpoints.md", "timers", EndpointsPage.Timers());
}
