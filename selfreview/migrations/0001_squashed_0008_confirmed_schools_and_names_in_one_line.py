"""What a school asks itself and says of itself: questionnaires, teams, rounds, answers and views: a new database in one step.

The eight steps that it replaces stay for databases that took some of them; one that took them all has taken this.
"""

import django.core.validators
import django.db.models.deletion
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('selfreview', '0001_initial'),
        ('selfreview', '0002_reviews'),
        ('selfreview', '0003_actions_and_links'),
        ('selfreview', '0004_histories'),
        ('selfreview', '0005_views_invitations_benchmark'),
        ('selfreview', '0006_freeze_closed_rounds'),
        ('selfreview', '0007_closed_rounds_are_frozen'),
        ('selfreview', '0008_confirmed_schools_and_names_in_one_line'),
    ]

    initial = True

    dependencies = [
        ('findings', '0001_squashed_0014_texts_into_own_studies'),
        ('schools', '0001_squashed_0007_front_study'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='Of the questionnaire, in any version.')),
                ('phase', models.CharField(blank=True, choices=[('infant', 'Infant (ages 4 to 7)'), ('junior', 'Junior (ages 7 to 11)'), ('primary', 'Primary (ages 4 to 11)'), ('secondary', 'Secondary (ages 11 to 18)')], max_length=20)),
                ('setting', models.CharField(blank=True, choices=[('rural-village', 'Rural village'), ('town-outskirts', 'Outskirts of a large town'), ('town-centre', 'Centre of a large town'), ('city', 'City')], max_length=20)),
                ('size', models.CharField(blank=True, max_length=20)),
                ('schools', models.PositiveSmallIntegerField()),
                ('made_on', models.DateField(auto_now_add=True)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('schools__gte', 5)), name='block_of_five_schools_or_more')],
            },
        ),
        migrations.CreateModel(
            name='Questionnaire',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('slug', models.SlugField()),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('name', models.CharField(max_length=120)),
                ('introduction', models.TextField(blank=True)),
                ('locator', models.CharField(help_text='Line or lines of the source text: L137, L404+L406 or L129-L133.', max_length=80, validators=[django.core.validators.RegexValidator('\\AL[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?(\\+L[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?)*\\Z', 'Write a locator like L137, L404+L406 or L129-L133.')])),
                ('is_published', models.BooleanField(default=False)),
                ('study', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questionnaires', to='schools.study')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('slug', 'version'), name='questionnaire_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField()),
                ('title', models.CharField(help_text='As printed.', max_length=120)),
                ('position', models.PositiveSmallIntegerField()),
                ('locator', models.CharField(help_text='Line or lines of the source text: L137, L404+L406 or L129-L133.', max_length=80, validators=[django.core.validators.RegexValidator('\\AL[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?(\\+L[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?)*\\Z', 'Write a locator like L137, L404+L406 or L129-L133.')])),
                ('questionnaire', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='selfreview.questionnaire')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('questionnaire', 'slug'), name='section_slug_once')],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('name', models.CharField(blank=True, max_length=120, validators=[django.core.validators.RegexValidator('\\A[^\\r\\n\\x0b\\x0c\\x1c-\\x1e\\x85\\u2028\\u2029]*\\Z', 'Write this in one line.')], verbose_name='school’s name')),
                ('phase', models.CharField(blank=True, choices=[('infant', 'Infant (ages 4 to 7)'), ('junior', 'Junior (ages 7 to 11)'), ('primary', 'Primary (ages 4 to 11)'), ('secondary', 'Secondary (ages 11 to 18)')], max_length=20)),
                ('setting', models.CharField(blank=True, choices=[('rural-village', 'Rural village'), ('town-outskirts', 'Outskirts of a large town'), ('town-centre', 'Centre of a large town'), ('city', 'City')], max_length=20)),
                ('pupils', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)])),
                ('fsm_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='free school meals (%)')),
                ('urn', models.CharField(blank=True, max_length=6, validators=[django.core.validators.RegexValidator('^\\d{6}$', 'A URN has six digits, like 123456.')], verbose_name='unique reference number (URN)')),
                ('in_benchmark', models.BooleanField(default=False, help_text='Closed rounds are counted with those of others.')),
                ('confirmed_at', models.DateTimeField(blank=True, help_text='When whoever runs the site confirmed that it is the school of that URN.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', False)), fields=('urn',), name='team_confirmed_once_a_urn'), models.CheckConstraint(condition=models.Q(('fsm_percent__isnull', True), models.Q(('fsm_percent__gte', 0), ('fsm_percent__lte', 100)), _connector='OR'), name='team_fsm_percent_0_to_100'), models.CheckConstraint(condition=models.Q(('pupils__isnull', True), ('pupils__gt', 0), _connector='OR'), name='team_pupils_positive')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('name', models.CharField(blank=True, help_text='As colleagues see it.', max_length=80, validators=[django.core.validators.RegexValidator('\\A[^\\r\\n\\x0b\\x0c\\x1c-\\x1e\\x85\\u2028\\u2029]*\\Z', 'Write this in one line.')])),
                ('role', models.CharField(choices=[('lead', 'Lead'), ('contributor', 'Contributor'), ('viewer', 'Viewer')], max_length=20)),
                ('return_hash', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('lead_asked_at', models.DateTimeField(blank=True, help_text='Asked to be made lead, where none answers.', null=True)),
                ('wants_reminders', models.BooleanField(default=False)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='selfreview.team')),
            ],
            options={
                'ordering': ['joined_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None), ('user__isnull', False)), fields=('team', 'user'), name='member_once_a_team')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('number', models.PositiveSmallIntegerField(default=1, help_text='The round, from 1.')),
                ('state', models.CharField(choices=[('views', 'Views being written'), ('open', 'Open'), ('closed', 'Closed')], default='open', max_length=20)),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('touched_at', models.DateTimeField(auto_now_add=True, help_text='When someone last wrote.')),
                ('views_opened_at', models.DateTimeField(blank=True, help_text='Since when members see all views.', null=True)),
                ('pen_for_all', models.BooleanField(default=True, help_text='Every contributor may write the agreed answer.')),
                ('frozen', models.JSONField(blank=True, help_text='School, names and actions as they were at closing.', null=True)),
                ('counted_at', models.DateTimeField(blank=True, help_text='When its levels went into the benchmark.', null=True)),
                ('pen', models.ForeignKey(blank=True, help_text='Who, besides the leads, writes the agreed answer where not everyone does.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='selfreview.membership')),
                ('questionnaire', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='selfreview.questionnaire')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='selfreview.team')),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('team', 'number'), name='review_number_once_a_team'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('frozen__isnull', False), ('state', 'closed')), models.Q(('closed_at', None), ('frozen__isnull', True), ('state__in', ['views', 'open'])), _connector='OR'), name='review_closed_has_time')],
            },
        ),
        migrations.CreateModel(
            name='ShareLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('secret_hash', models.CharField(max_length=64, unique=True)),
                ('note', models.CharField(blank=True, max_length=80, verbose_name='for whom')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='share_links', to='selfreview.review')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('name', models.CharField(max_length=80, validators=[django.core.validators.RegexValidator('\\A[^\\r\\n\\x0b\\x0c\\x1c-\\x1e\\x85\\u2028\\u2029]*\\Z', 'Write this in one line.')])),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('role', models.CharField(choices=[('lead', 'Lead'), ('contributor', 'Contributor'), ('viewer', 'Viewer')], max_length=20)),
                ('secret_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='selfreview.membership')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='selfreview.team')),
            ],
            options={
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalQuestionnaire',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('guid', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False, verbose_name='GUID')),
                ('slug', models.SlugField()),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('name', models.CharField(max_length=120)),
                ('introduction', models.TextField(blank=True)),
                ('locator', models.CharField(help_text='Line or lines of the source text: L137, L404+L406 or L129-L133.', max_length=80, validators=[django.core.validators.RegexValidator('\\AL[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?(\\+L[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?)*\\Z', 'Write a locator like L137, L404+L406 or L129-L133.')])),
                ('is_published', models.BooleanField(default=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('study', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='schools.study')),
            ],
            options={
                'verbose_name': 'historical questionnaire',
                'verbose_name_plural': 'historical questionnaires',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalSection',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField()),
                ('title', models.CharField(help_text='As printed.', max_length=120)),
                ('position', models.PositiveSmallIntegerField()),
                ('locator', models.CharField(help_text='Line or lines of the source text: L137, L404+L406 or L129-L133.', max_length=80, validators=[django.core.validators.RegexValidator('\\AL[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?(\\+L[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?)*\\Z', 'Write a locator like L137, L404+L406 or L129-L133.')])),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('questionnaire', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='selfreview.questionnaire')),
            ],
            options={
                'verbose_name': 'historical section',
                'verbose_name_plural': 'historical sections',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('title', models.CharField(max_length=200, validators=[django.core.validators.RegexValidator('\\A[^\\r\\n\\x0b\\x0c\\x1c-\\x1e\\x85\\u2028\\u2029]*\\Z', 'Write this in one line.')], verbose_name='what is to be done')),
                ('due', models.DateField(blank=True, null=True, verbose_name='by when')),
                ('status', models.CharField(choices=[('to-do', 'To do'), ('doing', 'Doing'), ('done', 'Done'), ('dropped', 'Dropped')], default='to-do', max_length=20)),
                ('notes', models.TextField(blank=True, max_length=5000)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=0, help_text='Its saves, from 1.')),
                ('own_from', models.PositiveIntegerField(default=0, help_text='Since which save only `updated_by` has saved it.')),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='selfreview.membership', verbose_name='who does it')),
                ('updated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='selfreview.membership')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='selfreview.team')),
            ],
            options={
                'ordering': [models.OrderBy(models.F('due'), nulls_last=True), 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('status', 'done')), models.Q(models.Q(('status', 'done'), _negated=True), ('done_at', None)), _connector='OR'), name='action_done_has_time')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('due-soon', 'Due soon'), ('overdue', 'Overdue')], max_length=20)),
                ('due', models.DateField(help_text='The date that it was due then: a new date is reminded of anew.')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='selfreview.action')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='selfreview.membership')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('action', 'member', 'kind', 'due'), name='reminder_once_a_kind_and_date')],
            },
        ),
        migrations.CreateModel(
            name='QuestionCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('code', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='question_links', to='findings.code')),
                ('coder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='findings.coder')),
            ],
            options={
                'ordering': ['question', 'code__position'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('position', models.PositiveSmallIntegerField(help_text='Place in its section, from 1.')),
                ('text', models.TextField()),
                ('locator', models.CharField(help_text='Line or lines of the source text: L137, L404+L406 or L129-L133.', max_length=80, validators=[django.core.validators.RegexValidator('\\AL[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?(\\+L[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?)*\\Z', 'Write a locator like L137, L404+L406 or L129-L133.')])),
                ('replaces', models.ForeignKey(blank=True, help_text='The question of an earlier version that this one stands for.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='selfreview.question')),
                ('codes', models.ManyToManyField(related_name='questions', through='selfreview.QuestionCode', to='findings.code')),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='selfreview.section')),
            ],
            options={
                'ordering': ['section__position', 'position'],
                'constraints': [models.UniqueConstraint(fields=('section', 'position'), name='question_position_once')],
            },
        ),
        migrations.CreateModel(
            name='QuestionFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('coder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='findings.coder')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='question_links', to='findings.finding')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='finding_links', to='selfreview.question')),
            ],
            options={
                'ordering': ['question', 'finding__theme__position', 'finding__position'],
                'constraints': [models.UniqueConstraint(fields=('question', 'finding'), name='question_finding_once')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(blank=True, choices=[('not-started', 'Not started'), ('emerging', 'Emerging'), ('developing', 'Developing'), ('established', 'Established'), ('leading', 'Leading'), ('not-sure', 'Not sure'), ('not-applicable', 'Not applicable')], max_length=20)),
                ('text', models.TextField(blank=True, max_length=10000)),
                ('is_complete', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=0)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('evidence', models.TextField(blank=True, help_text='One link or document a line.', max_length=4000)),
                ('is_priority', models.BooleanField(default=False)),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='selfreview.membership')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='selfreview.question')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='selfreview.review')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('review', 'question'), name='answer_once_a_question')],
            },
        ),
        migrations.CreateModel(
            name='View',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(blank=True, choices=[('not-started', 'Not started'), ('emerging', 'Emerging'), ('developing', 'Developing'), ('established', 'Established'), ('leading', 'Leading'), ('not-sure', 'Not sure'), ('not-applicable', 'Not applicable')], max_length=20)),
                ('text', models.TextField(blank=True, max_length=10000)),
                ('is_complete', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=0)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('guid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='GUID')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='selfreview.membership')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='views', to='selfreview.question')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='views', to='selfreview.review')),
            ],
            options={
                'ordering': ['member__joined_at', 'member_id'],
                'constraints': [models.UniqueConstraint(fields=('review', 'question', 'member'), name='view_once_a_question_and_member')],
            },
        ),
        migrations.CreateModel(
            name='ViewRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('level', models.CharField(blank=True, choices=[('not-started', 'Not started'), ('emerging', 'Emerging'), ('developing', 'Developing'), ('established', 'Established'), ('leading', 'Leading'), ('not-sure', 'Not sure'), ('not-applicable', 'Not applicable')], max_length=20)),
                ('text', models.TextField(blank=True)),
                ('is_complete', models.BooleanField(default=False)),
                ('saved_at', models.DateTimeField(auto_now_add=True)),
                ('save_id', models.UUIDField()),
                ('view', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='selfreview.view')),
            ],
            options={
                'ordering': ['-number'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('view', 'number'), name='revision_number_once_a_view'), models.UniqueConstraint(fields=('view', 'save_id'), name='view_revision_once_a_save')],
            },
        ),
        migrations.CreateModel(
            name='AnswerRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('level', models.CharField(blank=True, choices=[('not-started', 'Not started'), ('emerging', 'Emerging'), ('developing', 'Developing'), ('established', 'Established'), ('leading', 'Leading'), ('not-sure', 'Not sure'), ('not-applicable', 'Not applicable')], max_length=20)),
                ('text', models.TextField(blank=True)),
                ('is_complete', models.BooleanField(default=False)),
                ('saved_at', models.DateTimeField(auto_now_add=True)),
                ('save_id', models.UUIDField()),
                ('evidence', models.TextField(blank=True)),
                ('is_priority', models.BooleanField(default=False)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='selfreview.answer')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='selfreview.membership')),
            ],
            options={
                'ordering': ['-number'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('answer', 'number'), name='revision_number_once_an_answer'), models.UniqueConstraint(fields=('answer', 'save_id'), name='revision_once_a_save')],
            },
        ),
        migrations.CreateModel(
            name='BlockCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('not-started', 'Not started'), ('emerging', 'Emerging'), ('developing', 'Developing'), ('established', 'Established'), ('leading', 'Leading'), ('not-sure', 'Not sure'), ('not-applicable', 'Not applicable')], max_length=20)),
                ('schools', models.PositiveSmallIntegerField()),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='selfreview.block')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='selfreview.question')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('block', 'question', 'level'), name='block_count_once_a_level')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalQuestionFinding',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('coder', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='findings.coder')),
                ('finding', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='findings.finding')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='selfreview.question')),
            ],
            options={
                'verbose_name': 'historical question finding',
                'verbose_name_plural': 'historical question findings',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalQuestionCode',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('code', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='findings.code')),
                ('coder', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='findings.coder')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='selfreview.question')),
            ],
            options={
                'verbose_name': 'historical question code',
                'verbose_name_plural': 'historical question codes',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalQuestion',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('guid', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False, verbose_name='GUID')),
                ('position', models.PositiveSmallIntegerField(help_text='Place in its section, from 1.')),
                ('text', models.TextField()),
                ('locator', models.CharField(help_text='Line or lines of the source text: L137, L404+L406 or L129-L133.', max_length=80, validators=[django.core.validators.RegexValidator('\\AL[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?(\\+L[0-9]{1,7}(\\.[0-9]{1,3})?(-L[0-9]{1,7})?)*\\Z', 'Write a locator like L137, L404+L406 or L129-L133.')])),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.ForeignKey(blank=True, db_constraint=False, help_text='The question of an earlier version that this one stands for.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='selfreview.question')),
                ('section', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='selfreview.section')),
            ],
            options={
                'verbose_name': 'historical question',
                'verbose_name_plural': 'historical questions',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='action',
            name='question',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='selfreview.question'),
        ),
        migrations.AddField(
            model_name='questioncode',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='code_links', to='selfreview.question'),
        ),
        migrations.AddField(
            model_name='question',
            name='findings',
            field=models.ManyToManyField(related_name='questions', through='selfreview.QuestionFinding', to='findings.finding'),
        ),
        migrations.AddConstraint(
            model_name='questioncode',
            constraint=models.UniqueConstraint(fields=('question', 'code'), name='question_code_once'),
        ),
    ]
